package dev.sluice.quota;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a tenant may spend: its buckets, and which of them each path of its tree is charged to.
 *
 * @param buckets by id
 * @param paths ids of buckets, by path
 */
public record Plan(Map<String, Bucket> buckets, Map<String, List<String>> paths) {
  /** The path of requests that are charged to the tenant's own buckets only. */
  public static final String TENANT_PATH = "tenant";

  public static final Plan EMPTY = new Plan(Map.of(), Map.of());

  /** A plan whose buckets all stand at the tenant itself. */
  public static Plan ofTenant(List<Bucket> buckets) {
    Map<String, Bucket> byId = new TreeMap<>();
    buckets.forEach(bucket -> byId.put(bucket.id(), bucket));
    return new Plan(Map.copyOf(byId), Map.of(TENANT_PATH, List.copyOf(byId.keySet())));
  }

  /** The buckets of a path; none if the path is not known. */
  public List<Bucket> bucketsOf(String path) {
    return paths.getOrDefault(path, List.of()).stream().map(buckets::get).toList();
  }
}
