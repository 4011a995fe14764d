package dev.sluice.state;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Down;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ClusterWorldIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private static TestDatabase postgres;
  private static DatabaseUrl database;

  private final List<ClusterWorld> worlds = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException, SQLException {
    postgres = TestDatabase.start();
    database = postgres.create("worlds");
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @AfterEach
  void stopWorlds() {
    worlds.forEach(
        world -> world.stop().toCompletableFuture().orTimeout(30, SECONDS).join());
  }

  /** Notes what it is told. */
  private static class Guest implements ClusterWorld.Resident {
    private final BlockingQueue<ActorSystem<?>> arrivals = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> departures = new LinkedBlockingQueue<>();

    @Override
    public void arrive(ActorSystem<?> system) {
      arrivals.add(system);
    }

    @Override
    public void depart() {
      departures.add("departed");
    }

    ActorSystem<?> next() throws InterruptedException {
      ActorSystem<?> system = arrivals.poll(DEADLINE.toSeconds(), SECONDS);
      assertThat(system).as("a system that has arrived").isNotNull();
      return system;
    }
  }

  private ClusterWorld world(
      String host, String seeds, Duration rebuildDelay, ClusterWorld.Resident resident) {
    Config config = ConfigFactory.parseMap(Map.of(
            "sluice.cluster.host", host,
            "sluice.cluster.port", 25520,
            "sluice.cluster.seeds", seeds,
            "sluice.cluster.rebuild-delay", rebuildDelay))
        .withFallback(ConfigFactory.defaultReference())
        .resolve();
    ClusterWorld world = new ClusterWorld(ClusterSettings.from(config), config, database, resident);
    worlds.add(world);
    world.start();
    return world;
  }

  private static Set<Thread> threadsOfSystems() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("sluice-"))
        .collect(Collectors.toSet());
  }

  /** Each actor system has one thread of this name. */
  private static long schedulersOfSystems() {
    return threadsOfSystems().stream()
        .filter(thread -> thread.getName().startsWith("sluice-scheduler"))
        .count();
  }

  private static int connections() throws SQLException {
    return Integer.parseInt(postgres.read(
        "postgres", "SELECT count(*) FROM pg_stat_activity WHERE datname = 'worlds'"));
  }

  private static void up(ClusterWorld world) {
    await().atMost(DEADLINE).until(world::isUp);
  }

  private static void downItself(ActorSystem<?> system) {
    Cluster cluster = Cluster.get(system);
    cluster.manager().tell(new Down(cluster.selfMember().address()));
  }

  @Test
  void aSystemThatIsDownedIsBuiltAgainAndLeavesNothingBehind() throws Exception {
    Guest guest = new Guest();
    ClusterWorld world = world("127.0.3.1", "", Duration.ofMillis(100), guest);
    up(world);
    List<ActorSystem<?>> ended = new ArrayList<>();
    for (int rebuild = 0; rebuild < 5; rebuild++) {
      ActorSystem<?> system = guest.next();
      up(world);
      downItself(system);
      assertThat(guest.departures.poll(DEADLINE.toSeconds(), SECONDS)).isNotNull();
      ended.add(system);
    }
    ActorSystem<?> last = guest.next();
    up(world);
    assertThat(world.system().orElseThrow()).isSameAs(last);
    assertThat(ended).allMatch(one -> one != last && one.whenTerminated().isCompleted());
    await().atMost(DEADLINE).until(() -> schedulersOfSystems() == 1);
    await().atMost(DEADLINE).until(() -> connections() <= 2);

    world.stop().toCompletableFuture().orTimeout(30, SECONDS).join();
    assertThat(world.system()).isEmpty();
    assertThat(world.isUp()).isFalse();
    assertThat(guest.departures).hasSize(1);
    await().atMost(DEADLINE).untilAsserted(() -> assertThat(threadsOfSystems()).isEmpty());
  }

  @Test
  void aNodeThatLosesItsMajorityEndsItsSystemAndBuildsAnother() throws Exception {
    String seeds = "127.0.3.1:25520, 127.0.3.2:25520, 127.0.3.3:25520";
    Duration never = Duration.ofMinutes(5);
    Guest survivor = new Guest();
    ClusterWorld one = world("127.0.3.1", seeds, Duration.ofMillis(100), survivor);
    up(one);
    Guest second = new Guest();
    Guest third = new Guest();
    up(world("127.0.3.2", seeds, never, second));
    up(world("127.0.3.3", seeds, never, third));
    ActorSystem<?> before = survivor.next();
    await().atMost(DEADLINE).until(() -> membersOf(before) == 3);

    second.next().terminate();
    third.next().terminate();

    assertThat(survivor.departures.poll(DEADLINE.toSeconds(), SECONDS)).isNotNull();
    ActorSystem<?> after = survivor.next();
    assertThat(after).isNotSameAs(before);
    up(one);
    ActorRef<Object> actor =
        after.systemActorOf(Behaviors.ignore(), "of-the-new-system", Props.empty());
    assertThat(actor.path().address().system()).isEqualTo("sluice");
  }

  private static int membersOf(ActorSystem<?> system) {
    int members = 0;
    for (var ignored : Cluster.get(system).state().getMembers()) {
      members++;
    }
    return members;
  }

  @Test
  void itWaitsForADatabaseThatIsNotThereYet() throws Exception {
    postgres.execute("postgres", "ALTER DATABASE worlds ALLOW_CONNECTIONS false");
    Guest guest = new Guest();
    ClusterWorld world;
    try {
      world = world("127.0.3.4", "", Duration.ofMillis(100), guest);
      assertThat(world.isUp()).isFalse();
      assertThat(world.system()).isEmpty();
      assertThat(guest.arrivals).isEmpty();
    } finally {
      postgres.execute("postgres", "ALTER DATABASE worlds ALLOW_CONNECTIONS true");
    }
    assertThat(guest.next()).isNotNull();
    up(world);
  }

  @Test
  void aResidentThatCannotMoveInGetsAnotherSystem() throws Exception {
    Guest choosy = new Guest() {
      private boolean refused;

      @Override
      public void arrive(ActorSystem<?> system) {
        super.arrive(system);
        if (!refused) {
          refused = true;
          throw new IllegalStateException("not this one");
        }
      }
    };
    ClusterWorld world = world("127.0.3.5", "", Duration.ofMillis(100), choosy);
    ActorSystem<?> first = choosy.next();
    ActorSystem<?> second = choosy.next();
    assertThat(second).isNotSameAs(first);
    assertThat(first.whenTerminated().isCompleted()).isTrue();
    up(world);
  }

  @Test
  void aWorldThatIsStoppedWhileItIsBuiltBuildsNothingMore() throws Exception {
    Guest guest = new Guest();
    ClusterWorld world = world("127.0.3.6", "", Duration.ofMillis(100), guest);
    world.stop().toCompletableFuture().orTimeout(30, SECONDS).join();
    assertThat(world.stop().toCompletableFuture()).isCompleted();
    assertThat(world.system()).isEmpty();
    assertThat(guest.departures).hasSameSizeAs(guest.arrivals);
    await().atMost(DEADLINE).untilAsserted(() -> assertThat(threadsOfSystems()).isEmpty());
  }
}
