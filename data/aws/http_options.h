/* What every request of ours is like to libcurl: private to data/aws/transport.c. */
#pragma once

#include "data/aws/transport.h"

#include <curl/curl.h>

/* Sets all but the callbacks. Returns the headers, and in *connects where to connect (or NULL):
 * both have to outlive the request. */
struct curl_slist *http_options_set(CURL *easy, const struct http_request *request,
                                    struct curl_slist **connects);
