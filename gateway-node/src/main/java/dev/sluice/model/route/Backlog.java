package dev.sluice.model.route;

/**
 * What a server of models has to do, as it says itself, whoever asked for it.
 *
 * @param waiting requests that it has not begun
 * @param running requests that it works on
 * @param cacheUse share of the memory for the running ones that is used, from 0 to 1
 */
public record Backlog(long waiting, long running, double cacheUse) {
  Backlog plus(int more) {
    return new Backlog(waiting + more, running, cacheUse);
  }
}
