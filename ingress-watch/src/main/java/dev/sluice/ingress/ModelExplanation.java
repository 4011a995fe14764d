package dev.sluice.ingress;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which ModelRoute takes a call of a model, who would be asked, and whose limits count; and why others don't. Made by the code that
 * takes calls; holds no secrets.
 *
 * @param request what is asked, where and by whom
 * @param host whose routes are looked at, and why
 * @param path what takes requests for this path
 * @param route null if no ModelRoute takes it
 * @param others ModelRoutes with a name that fits and that don't take it, in the order in which they are tried
 * @param moreOthers how many more there are
 * @param nearest where none takes it: names that are declared, the most alike first
 * @param buckets that are asked for room: those of the key, its team and its tenant
 * @param problems of what the route is made of
 */
public record ModelExplanation(
    String request,
    String host,
    String path,
    @Nullable Taken route,
    List<Other> others,
    int moreOthers,
    List<String> nearest,
    List<Bucket> buckets,
    List<String> problems) {

  /**
   * The route that takes it.
   *
   * @param name that fits, as declared
   * @param why it is this one
   * @param declaredBy object, file and line, field
   * @param filters in the order they run
   * @param groups in the order they are tried
   * @param fallback when somebody else is asked, and how often
   * @param outOfQuota what becomes of it where the caller's quota is used up
   * @param cache whether and how answers are kept
   * @param bounds of a request and its answer
   */
  public record Taken(
      String name,
      String why,
      String declaredBy,
      List<String> filters,
      List<Group> groups,
      String fallback,
      String outOfQuota,
      String cache,
      List<String> bounds) {}

  /** @param balance how one of its targets is chosen */
  public record Group(String balance, List<Target> targets) {}

  /**
   * Who may be asked.
   *
   * @param provider {@code namespace/name}
   * @param kind of the provider
   * @param model name that the provider knows it by
   * @param maxOutputTokens cap of its answers where the caller sets no lower one
   * @param contextTokens its context window; 0 if it is not known
   * @param keys names of its credentials; empty if it needs none
   * @param price of its tokens today, or that nobody has said
   * @param limit of the provider's that it must find room in; empty if there is none
   * @param leftOut why it is never asked for this caller; empty if it may be
   * @param state how it stands on the node that was asked; empty if none was
   */
  public record Target(
      String provider,
      String kind,
      String model,
      int weight,
      int maxOutputTokens,
      int contextTokens,
      List<String> keys,
      String price,
      String limit,
      String leftOut,
      String state) {}

  /** A route that does not take it. */
  public record Other(String name, String declaredBy, String why) {}

  /**
   * A limit that counts for the call.
   *
   * @param name with its place: {@code keys/k/x}, {@code teams/t/x}, or {@code x} of the tenant
   * @param unit of the amount; cost is in nano-dollars
   * @param models those that count; empty for all
   * @param mode {@code enforce}, or {@code observe} if it refuses nothing
   * @param left what is left of it now; null if no node was asked, or it could not tell
   */
  public record Bucket(
      String name,
      String unit,
      long amount,
      String window,
      List<String> models,
      String mode,
      @Nullable Left left) {}

  /**
   * How a bucket stands.
   *
   * @param free what nobody has used, put aside or been granted; below 0 if a limit was lowered
   * @param settled what requests that are over have used
   * @param resetsAt when all is free if nothing more is used; null for a balance
   */
  public record Left(long free, long settled, @Nullable String resetsAt) {}

  /** What a running node knows beside what is declared. */
  public interface Live {
    /** Nothing: no node was asked. */
    Live NONE = new Live() {
      @Override
      public String state(ModelTable.Target target, String model) {
        return "";
      }

      @Override
      public @Nullable Left left(String bucket) {
        return null;
      }
    };

    /**
     * How a target and its keys stand, in words.
     *
     * @param model as its provider knows it
     */
    String state(ModelTable.Target target, String model);

    /** What is left of a bucket of the caller's tenant; null if that is not known. */
    @Nullable
    Left left(String bucket);
  }

  /**
   * What is asked.
   *
   * @param host lower case, without port; null for the one that has models, if there is only one such
   * @param path in the form in which it is matched
   * @param caller null if nobody is named: then no limit counts, and conditions on tenants don't hold
   */
  public record Question(
      String model,
      @Nullable String host,
      String path,
      RequestView head,
      TenantTable.@Nullable Spender caller) {}

  /**
   * Explains a call.
   *
   * @param made what serves
   * @param problems all that are known, of which those are told that touch the route
   * @throws IllegalArgumentException if no host is named, and several have models
   */
  public static ModelExplanation of(
      Reconciled made, List<Problem> problems, Live live, Question asked) {
    return new ModelExplaining(made, problems, live, asked).explanation();
  }
}
