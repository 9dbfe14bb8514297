#!/usr/bin/env bash
# node.sh TEMP CGROUP KUBERNETES ROOT IMAGES KUBECTL-HARDEN SOURCE [ROW…]: called by run.sh as the first process of
# fresh namespaces: starts a Kubernetes cluster of one node in them, and runs rows.py there.
set -euo pipefail

temp=$1 cgroup=$2 kubernetes=$3 root=$4 images=$5 kubectl_harden=$6 source=$7
shift 7
here=$(cd "$(dirname "$0")" && pwd)
node_ip=10.99.0.1

# What these programs leave outside of the folders that they are told.
mount -t tmpfs run /run
mount -t tmpfs log /var/log
mkdir -p /var/lib/cni
mount -t tmpfs cni /var/lib/cni
mkdir -p "$temp"/{log,etcd,sysctl,pki,kubelet,plugins,cni,containerd}
cd "$temp"
hostname node

# The kubelet sets these for the whole machine; it is shown the values that it wants instead.
for parameter in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
	kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
	name=${parameter%=*}
	echo "${parameter#*=}" >"sysctl/${name//\//-}"
	mount --bind "sysctl/${name//\//-}" "/proc/sys/$name"
done

# A network of its own: a node needs an address that is not of the loopback, and a default route.
ip link set lo up
ip link add node0 type veth peer name node1
ip address add "$node_ip/24" dev node0
ip link set node0 up
ip link set node1 up
ip route add default via 10.99.0.254 dev node0
echo 1 >/proc/sys/net/ipv4/ip_forward

# fail WHY: ends all, with the last lines of each log.
fail() {
	echo "error: $1" >&2
	tail -n 5 "$temp"/log/* >&2
	exit 1
}

# start NAME COMMAND…
start() {
	local name=$1
	shift
	"$@" >"$temp/log/$name" 2>&1 &
}

# within SECONDS COMMAND…: repeats COMMAND until it succeeds.
within() {
	local tries=$(($1 * 5))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $((tries--)) -gt 0 ] || return 1
		sleep 0.2
	done
}

kubectl() {
	"$kubernetes" kubectl "$@"
}

start etcd etcd --data-dir "$temp/etcd" --listen-client-urls http://127.0.0.1:2379 \
	--advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380 --unsafe-no-fsync

cat >containerd.toml <<EOF
version = 2
root = "$temp/containerd/root"
state = "$temp/containerd/state"
[grpc]
  address = "$temp/containerd/socket"
[plugins."io.containerd.internal.v1.opt"]
  path = "$temp/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.k8s.io/pause:3.10"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$temp/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
EOF
cat >cni/10-bridge.conflist <<EOF
{"cniVersion": "0.4.0", "name": "pods", "plugins": [{
  "type": "bridge", "bridge": "pods0", "isDefaultGateway": true,
  "ipam": {"type": "host-local", "dataDir": "$temp/cni/addresses", "ranges": [[{"subnet": "10.88.0.0/16"}]]}
}]}
EOF
start containerd containerd --config "$temp/containerd.toml"

{
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout pki/ca.key -out pki/ca.crt
	openssl req -newkey rsa:2048 -nodes -subj /O=system:masters/CN=admin -keyout pki/admin.key -out pki/admin.csr
	openssl x509 -req -days 2 -in pki/admin.csr -CA pki/ca.crt -CAkey pki/ca.key -CAcreateserial -out pki/admin.crt
	openssl genrsa -out pki/sa.key 2048
} >log/openssl 2>&1 || fail "openssl"
export KUBECONFIG=$temp/kubeconfig
cat >kubeconfig <<EOF
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:6443", insecure-skip-tls-verify: true}}]
users: [{name: u, user: {client-certificate: $temp/pki/admin.crt, client-key: $temp/pki/admin.key}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
EOF

start kube-apiserver "$kubernetes" kube-apiserver --etcd-servers=http://127.0.0.1:2379 --cert-dir="$temp/pki/server" \
	--bind-address=127.0.0.1 --advertise-address="$node_ip" --secure-port=6443 \
	--service-account-issuer=https://kubernetes.default.svc --service-account-key-file=pki/sa.key \
	--service-account-signing-key-file=pki/sa.key --authorization-mode=RBAC \
	--service-cluster-ip-range=10.96.0.0/16 \
	--allow-privileged=true --kubelet-preferred-address-types=InternalIP --client-ca-file=pki/ca.crt
within 10 ctr -a containerd/socket version || fail "containerd does not start"
ctr -a containerd/socket -n k8s.io images import "$images" >log/import 2>&1 &
import=$!
within 60 kubectl get --raw /readyz || fail "the API server does not start"

start kube-controller-manager "$kubernetes" kube-controller-manager --kubeconfig=kubeconfig \
	--authentication-kubeconfig=kubeconfig --authorization-kubeconfig=kubeconfig --bind-address=127.0.0.1 \
	--service-account-private-key-file=pki/sa.key --root-ca-file=pki/ca.crt --leader-elect=false \
	--cert-dir="$temp/pki/controllers" --kube-api-qps=200 --kube-api-burst=200
start kube-scheduler "$kubernetes" kube-scheduler --kubeconfig=kubeconfig --authentication-kubeconfig=kubeconfig \
	--authorization-kubeconfig=kubeconfig --bind-address=127.0.0.1 --leader-elect=false \
	--cert-dir="$temp/pki/scheduler"
cat >kubelet.yaml <<EOF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $node_ip
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
cgroupDriver: cgroupfs
cgroupRoot: /$cgroup
cgroupsPerQOS: false
containerRuntimeEndpoint: unix://$temp/containerd/socket
enforceNodeAllocatable: []
evictionHard: {imagefs.available: "0%", nodefs.available: "0%", nodefs.inodesFree: "0%", memory.available: 10Mi}
failCgroupV1: false
failSwapOn: false
imageGCHighThresholdPercent: 100
kubeAPIQPS: 200
kubeAPIBurst: 200
localStorageCapacityIsolation: false
oomScoreAdj: 0
podLogsDir: $temp/log/pods
registryPullQPS: 0
resolvConf: ""
volumePluginDir: $temp/plugins
EOF
cat >proxy.yaml <<EOF
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
bindAddress: 127.0.0.1
clientConnection: {kubeconfig: $temp/kubeconfig}
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
hostnameOverride: node
mode: iptables
EOF
wait "$import" || fail "the images cannot be imported"
for part in cpu cpuacct cpuset memory pids; do
	mkdir -p "/sys/fs/cgroup/$part/$cgroup" 2>/dev/null || :
done
start kubelet "$kubernetes" kubelet --config=kubelet.yaml --kubeconfig=kubeconfig --hostname-override=node \
	--node-ip="$node_ip" --root-dir="$temp/kubelet" --cert-dir="$temp/pki/kubelet"
start kube-proxy "$kubernetes" kube-proxy --config=proxy.yaml
within 60 kubectl wait --for=condition=Ready node/node --timeout=1s || fail "the node does not become ready"
echo "the node is ready after $SECONDS s" >&2

"$here/rows.py" "$temp" "$kubernetes" "$root" "$kubectl_harden" "$source" "$@"
