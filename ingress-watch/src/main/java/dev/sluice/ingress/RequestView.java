package dev.sluice.ingress;

import org.jspecify.annotations.Nullable;

/** What a route may ask of a request beyond its host and path. */
public interface RequestView {
  String method();

  /** Value of the first header with this name in any case, or null. */
  @Nullable
  String header(String name);

  /** Decoded value of the first query parameter with this name, or null. */
  @Nullable
  String query(String name);
}
