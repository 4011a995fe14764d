/**
 * Metrics under the names, labels and buckets of ingress-nginx, so that dashboards, alerts and autoscalers that were made for
 * it go on. Knows what requests came to; serves it as text. Never counts what nobody asked for: all of it is off unless set.
 */
@NullMarked
package dev.sluice.node.nginx;

import org.jspecify.annotations.NullMarked;
