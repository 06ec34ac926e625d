/* What single texts of celldeck.yaml must look like. Each gives NULL for a right one, else what was
 * expected ("a region such as us-east-1"). */
#pragma once

const char *word_any(const char *text); /* not empty, no control characters */
const char *word_id(const char *text);
const char *word_region(const char *text);
const char *word_accent(const char *text);
const char *word_table(const char *text);
const char *word_namespace(const char *text);
const char *word_endpoint(const char *text);
const char *word_url_pattern(const char *text); /* a URL with {placeholders} */
const char *word_host(const char *text);
const char *word_record(const char *text);  /* a tenant's name in DNS */
const char *word_address(const char *text); /* of IPv4, with or without a port */
const char *word_account(const char *text);
const char *word_arn(const char *text);
const char *word_image(const char *text);
const char *word_gate_off(const char *text); /* a gate that may be switched off */
const char *word_control_class(const char *text);
const char *word_own_metric(const char *text); /* none that is read anyway */
const char *word_stat(const char *text);       /* of CloudWatch */
const char *word_ratio(const char *text);      /* 1.05 to 100 */
const char *word_odds(const char *text);       /* 10 to 1,000,000 */
const char *word_with_cell(const char *text);
const char *word_window(const char *text); /* days, hours and a time zone that is known here */
const char *word_day(const char *text);    /* a day, or a minute of one */
const char *word_zone(const char *text);
const char *word_store(const char *text);
