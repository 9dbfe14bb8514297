/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Client log: what -v 6 to 9 tells of requests, as kubectl does, and nothing secret at any level.
 */

#include "live/client.h"
#include "live/transport.h"

/* client_log_request(), client_log_answer() - what is sent and what came back, to listener->log. */
void client_log_request(const struct live_listener *listener, const struct transport_request *request);
void client_log_answer(const struct live_listener *listener, const struct transport_request *request,
		       const struct transport_answer *answer);

/* client_log() - any other line. */
void client_log(const struct live_listener *listener, unsigned level, const char *format, ...)
	__attribute__((__format__(printf, 3, 4)));
