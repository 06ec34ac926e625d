#include "data/aws/service.h"

static const struct aws_facts table[] = {
    [AWS_CLOUDWATCH] = {.name = "CloudWatch",
                        .host = "monitoring",
                        .setting = "CLOUDWATCH",
                        .iam = "cloudwatch",
                        .target = "GraniteServiceVersion20100801.",
                        .content_type = "application/x-amz-json-1.0"},
    [AWS_DYNAMODB] = {.name = "DynamoDB",
                      .host = "dynamodb",
                      .setting = "DYNAMODB",
                      .iam = "dynamodb",
                      .target = "DynamoDB_20120810.",
                      .content_type = "application/x-amz-json-1.0"},
    [AWS_ECS] = {.name = "ECS",
                 .host = "ecs",
                 .setting = "ECS",
                 .iam = "ecs",
                 .target = "AmazonEC2ContainerServiceV20141113.",
                 .content_type = "application/x-amz-json-1.1"},
    [AWS_STS] = {.name = "STS",
                 .host = "sts",
                 .setting = "STS",
                 .iam = "sts",
                 .content_type = "application/x-www-form-urlencoded; charset=utf-8",
                 .version = "2011-06-15"},
    [AWS_SNS] = {.name = "SNS",
                 .host = "sns",
                 .setting = "SNS",
                 .iam = "sns",
                 .content_type = "application/x-www-form-urlencoded; charset=utf-8",
                 .version = "2010-03-31"},
    [AWS_ROUTE53] = {.name = "Route 53",
                     .host = "route53",
                     .setting = "ROUTE_53",
                     .iam = "route53",
                     .content_type = "application/xml",
                     .global = true},
};

const struct aws_facts *aws_facts(enum aws_service service)
{
    return &table[service];
}
