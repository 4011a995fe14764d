package dev.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import akka.io.Tcp;
import akka.io.TcpMessage;
import akka.testkit.javadsl.TestKit;
import akka.util.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a link tells the actor of its connection, which here is the test. */
class TcpLinkTest {
  private static final long TICK = Duration.ofSeconds(1).toNanos();
  private static ActorSystem system;

  private final TestKit connection = new TestKit(system);
  private final Deadlines deadlines = new Deadlines(TICK, 0);
  private final List<String> heard = new ArrayList<>();
  private final List<TcpLink> toFlush = new ArrayList<>();
  private final TcpLink link =
      new TcpLink(connection.getRef(), connection.getRef(), deadlines, toFlush::add, new Hearing());
  private long now;

  @BeforeAll
  static void start() {
    system = ActorSystem.create("links");
  }

  @AfterAll
  static void stop() {
    TestKit.shutdownActorSystem(system);
  }

  private void write(String text) {
    link.write(ByteString.fromString(text));
  }

  /** The worker is done with an event. */
  private void flush() {
    List<TcpLink> due = List.copyOf(toFlush);
    toFlush.clear();
    due.forEach(TcpLink::flush);
  }

  private void pass(Duration time) {
    now += time.toNanos();
    deadlines.advance(now);
  }

  private void expectWrite(String text) {
    Tcp.Write write = connection.expectMsgClass(Tcp.Write.class);
    assertThat(write.data().utf8String()).isEqualTo(text);
  }

  private void expectNothing() {
    connection.expectNoMessage(Duration.ZERO);
  }

  @Test
  void writesOnceAnEventAndOneAtATime() {
    write("head");
    write("body");
    expectNothing();
    flush();
    expectWrite("headbody");
    write("more");
    write("!");
    flush();
    expectNothing();
    assertThat(link.unsent()).isEqualTo(13);
    link.onWritten();
    expectWrite("more!");
    assertThat(heard).isEmpty();
    link.onWritten();
    assertThat(link.unsent()).isZero();
    assertThat(heard).containsExactly("drained");
  }

  @Test
  void aSlowPeerHasAMinuteForTheLastBytes() {
    write("last words");
    flush();
    link.finish(false);
    flush();
    expectWrite("last words");
    pass(Duration.ofSeconds(55));
    expectNothing();
    link.onWritten();
    connection.expectMsgEquals(TcpMessage.close());
    assertThat(heard).isEmpty();
  }

  @Test
  void aPeerThatTakesNothingIsNotWaitedForLongerThanThat() {
    write("last words");
    flush();
    link.finish(false);
    expectWrite("last words");
    pass(Duration.ofSeconds(63));
    connection.expectMsgEquals(TcpMessage.abort());
  }

  @Test
  void aPeerThatIsStillSendingIsHeardOutForAWhile() {
    write("no");
    link.finish(true);
    flush();
    expectWrite("no");
    link.onWritten();
    connection.expectMsgEquals(TcpMessage.confirmedClose());
    link.onReceived(ByteString.fromString("still sending"));
    expectNothing();
    pass(Duration.ofSeconds(8));
    connection.expectMsgEquals(TcpMessage.abort());
    assertThat(heard).isEmpty();
  }

  @Test
  void aLinkThatIsAbortedIsSilent() {
    write("x");
    link.abort();
    flush();
    connection.expectMsgEquals(TcpMessage.abort());
    write("y");
    link.pause();
    link.resume();
    link.finish(false);
    link.onReceived(ByteString.fromString("z"));
    flush();
    pass(Duration.ofMinutes(5));
    expectNothing();
    assertThat(heard).isEmpty();
  }

  private final class Hearing implements Link.Events {
    @Override
    public void received(ByteString bytes) {
      heard.add("received " + bytes.utf8String());
    }

    @Override
    public void drained() {
      heard.add("drained");
    }

    @Override
    public void finished() {
      heard.add("finished");
    }

    @Override
    public void broken(String why) {
      heard.add("broken");
    }
  }
}
