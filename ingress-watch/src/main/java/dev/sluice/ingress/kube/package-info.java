/**
 * Where declarations come from, as Akka Streams sources of one element type. The only package that may use a
 * Kubernetes client.
 */
@NullMarked
package dev.sluice.ingress.kube;

import org.jspecify.annotations.NullMarked;
