/* SPDX-License-Identifier: Apache-2.0 */
#include "input.h"

/* ---- workloads ---- */

static const char deployment[] = "apiVersion: apps/v1\n"
				 "kind: Deployment\n"
				 "metadata:\n"
				 "  name: web-@\n"
				 "  labels:\n"
				 "    app: web-@\n"
				 "spec:\n"
				 "  replicas: 3\n"
				 "  selector:\n"
				 "    matchLabels:\n"
				 "      app: web-@\n"
				 "  template:\n"
				 "    metadata:\n"
				 "      labels:\n"
				 "        app: web-@\n"
				 "    spec:\n"
				 "      containers:\n"
				 "      - name: web\n"
				 "        image: registry.example/shop/web:1.0\n"
				 "        env:\n"
				 "        - name: PORT\n"
				 "          value: \"%\"\n"
				 "        ports:\n"
				 "        - containerPort: %\n"
				 "        readinessProbe:\n"
				 "          httpGet:\n"
				 "            path: /healthz\n"
				 "            port: %\n"
				 "        resources:\n"
				 "          requests:\n"
				 "            cpu: 100m\n"
				 "            memory: 64Mi\n";

static const char service[] = "apiVersion: v1\n"
			      "kind: Service\n"
			      "metadata:\n"
			      "  name: web-@\n"
			      "spec:\n"
			      "  selector:\n"
			      "    app: web-@\n"
			      "  ports:\n"
			      "  - port: 80\n"
			      "    targetPort: %\n";

static const char policy[] = "apiVersion: networking.k8s.io/v1\n"
			     "kind: NetworkPolicy\n"
			     "metadata:\n"
			     "  name: web-@\n"
			     "spec:\n"
			     "  podSelector:\n"
			     "    matchLabels:\n"
			     "      app: web-@\n"
			     "  ingress:\n"
			     "  - ports:\n"
			     "    - port: %\n";

/* @template with a number for each @ and a port for each %, every line behind @indent, the first behind @first. */
static void put(struct buf *out, const char *template, size_t number, unsigned port, const char *first,
		const char *indent)
{
	struct str rest = str_of(template), line;

	while (str_cut(&rest, '\n', &line) && line.n) {
		buf_addz(out, first);
		for (size_t i = 0; i < line.n; i++) {
			if (line.p[i] == '@')
				buf_addf(out, "%zu", number);
			else if (line.p[i] == '%')
				buf_addf(out, "%u", port);
			else
				buf_addc(out, line.p[i]);
		}
		buf_addc(out, '\n');
		first = indent;
	}
}

static void put_document(struct buf *out, const char *template, size_t number, unsigned port)
{
	if (out->n)
		buf_addz(out, "---\n");
	put(out, template, number, port, "", "");
}

void input_deployments(struct buf *out, size_t bytes)
{
	for (size_t i = 0; out->n < bytes; i++)
		put_document(out, deployment, i, 8080);
}

void input_list(struct buf *out, size_t bytes)
{
	buf_addz(out, "apiVersion: v1\nkind: List\nitems:\n");
	for (size_t i = 0; out->n < bytes; i++)
		put(out, deployment, i, 8080, "- ", "  ");
}

void input_services(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		put_document(out, deployment, i, 80);
		put_document(out, service, i, 80);
	}
}

void input_policies(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		put_document(out, deployment, i, 80);
		put_document(out, service, i, 80);
		put_document(out, policy, i, 80);
	}
}

/* ---- what is passed over ---- */

static void put_definition(struct buf *out, size_t number)
{
	buf_addf(out,
		 "---\n"
		 "apiVersion: apiextensions.k8s.io/v1\n"
		 "kind: CustomResourceDefinition\n"
		 "metadata:\n"
		 "  name: things%zu.example.com\n"
		 "spec:\n"
		 "  group: example.com\n"
		 "  versions:\n"
		 "  - name: v1\n"
		 "    schema:\n"
		 "      openAPIV3Schema:\n"
		 "        type: object\n"
		 "        properties:\n",
		 number);
	for (unsigned i = 0; i < 200; i++)
		buf_addf(out,
			 "          field%u:\n"
			 "            description: What this field says, in a sentence or two as they stand in\n"
			 "              definitions that are made from the comments of a Go program.\n"
			 "            type: string\n",
			 i);
}

void input_definitions(struct buf *out, size_t bytes)
{
	for (size_t i = 0; out->n < bytes; i++) {
		put_definition(out, i);
		if (i % 100 == 99)
			put_document(out, deployment, i, 8080);
	}
}
