/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Status: what an API server answers where it does not do what it was asked, in kubectl's words.
 */

#include "live/client.h"
#include "live/transport.h"

/*
 * status_error() - reads @answer, which is no success, of @request to @server: fills .failure, .reason and .message of
 * @ret, and *err. Returns false.
 */
bool status_error(struct str server, const struct live_request *request, const struct transport_answer *answer,
		  struct live_response *ret, struct error **err);
