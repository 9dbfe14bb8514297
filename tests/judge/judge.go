// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	kjson "sigs.k8s.io/json"
)

// failedCheck is a Pod Security check that a pod fails, in the standard's own words.
type failedCheck struct {
	ID     policy.CheckID `json:"id"`
	Reason string         `json:"reason"`
	Detail string         `json:"detail"`
}

// verdict is a line of output. Error is set where there was nothing to judge.
type verdict struct {
	File      string        `json:"file"`
	Doc       int           `json:"doc"`
	Item      int           `json:"item"`
	Kind      string        `json:"kind"`
	Namespace string        `json:"namespace"`
	Name      string        `json:"name"`
	Level     string        `json:"level"`
	Version   string        `json:"version"`
	Checks    []failedCheck `json:"checks"`
	Error     string        `json:"error,omitempty"`
}

// judge is Pod Security Admission's evaluator with its checks wrapped, so that each failure is known by the ID of
// its check; which checks belong to a level and version stays the evaluator's own business.
type judge struct {
	evaluator policy.Evaluator
	standard  api.LevelVersion
	failed    []failedCheck
}

func newJudge(level, version string) (*judge, error) {
	judge := &judge{}
	var err error
	if judge.standard.Level, err = api.ParseLevel(level); err != nil {
		return nil, err
	}
	if judge.standard.Version, err = api.ParseVersion(version); err != nil {
		return nil, err
	}
	checks := policy.DefaultChecks()
	for _, check := range checks {
		for i := range check.Versions {
			run := check.Versions[i].CheckPod
			check.Versions[i].CheckPod = func(meta *metav1.ObjectMeta, spec *corev1.PodSpec) policy.CheckResult {
				result := run(meta, spec)
				if !result.Allowed {
					judge.failed = append(judge.failed, failedCheck{check.ID, result.ForbiddenReason, result.ForbiddenDetail})
				}
				return result
			}
		}
	}
	judge.evaluator, err = policy.NewEvaluator(checks, nil)
	return judge, err
}

func (judge *judge) verdict(pod pod) verdict {
	verdict := verdict{
		Kind: pod.kind, Namespace: pod.namespace, Name: pod.name,
		Level: string(judge.standard.Level), Version: judge.standard.Version.String(),
		Checks: []failedCheck{},
	}
	template, err := decodePod(pod)
	if err != nil {
		verdict.Error = err.Error()
		return verdict
	}
	judge.failed = verdict.Checks
	judge.evaluator.EvaluatePod(judge.standard, &template.ObjectMeta, &template.Spec)
	verdict.Checks = judge.failed
	return verdict
}

// decodePod reads a template as the API server does, and gives it the defaults that Pod Security would see.
func decodePod(pod pod) (*corev1.PodTemplateSpec, error) {
	// A pod has more than a template, such as a kind and a status.
	text, err := json.Marshal(object{"metadata": pod.template["metadata"], "spec": pod.template["spec"]})
	if err != nil {
		return nil, err
	}
	template := &corev1.PodTemplateSpec{}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(text, template); err != nil {
		return nil, fmt.Errorf("the API server refuses it: %w", err)
	}
	for i := range template.Spec.Volumes {
		if source := &template.Spec.Volumes[i].VolumeSource; reflect.ValueOf(*source).IsZero() {
			source.EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
	// A port of a pod on the host's network is a port of the host; templates are not given this default.
	if pod.kind == "Pod" && template.Spec.HostNetwork {
		for _, containers := range [][]corev1.Container{template.Spec.InitContainers, template.Spec.Containers} {
			for _, container := range containers {
				for i := range container.Ports {
					if port := &container.Ports[i]; port.HostPort == 0 {
						port.HostPort = port.ContainerPort
					}
				}
			}
		}
	}
	return template, nil
}
