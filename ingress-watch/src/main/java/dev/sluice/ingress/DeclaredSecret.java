package dev.sluice.ingress;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A Secret (v1). Never prints what it holds. */
public record DeclaredSecret(ObjectKey key, DeclaredAt at, Map<String, byte[]> data)
    implements Declaration {
  public byte @Nullable [] value(String name) {
    return data.get(name);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DeclaredSecret secret
        && key.equals(secret.key)
        && at.equals(secret.at)
        && data.keySet().equals(secret.data.keySet())
        && data.entrySet().stream()
            .allMatch(entry -> Arrays.equals(entry.getValue(), secret.data.get(entry.getKey())));
  }

  @Override
  public int hashCode() {
    int hash = key.hashCode();
    for (Map.Entry<String, byte[]> entry : new TreeMap<>(data).entrySet()) {
      hash = hash * 31 + entry.getKey().hashCode() * 17 + Arrays.hashCode(entry.getValue());
    }
    return hash;
  }

  @Override
  public String toString() {
    return key + " " + data.keySet();
  }
}
