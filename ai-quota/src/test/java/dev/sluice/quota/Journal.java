package dev.sluice.quota;

import akka.actor.typed.ActorSystem;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import java.util.List;

/** What the rows of the journal mean, read without an entity. */
final class Journal {
  private Journal() {}

  static <T> T read(ActorSystem<?> system, TestDatabase.Stored stored, Class<T> type) {
    Serialization serialization = SerializationExtension.get(system);
    return type.cast(serialization
        .deserialize(stored.bytes().array(), stored.serializer(), stored.manifest())
        .get());
  }

  static QuotaLedger fold(ActorSystem<?> system, List<TestDatabase.Stored> events) {
    QuotaLedger ledger = QuotaLedger.EMPTY;
    for (TestDatabase.Stored event : events) {
      for (Change change : read(system, event, TenantQuota.Decided.class).changes()) {
        ledger = ledger.after(change);
      }
    }
    return ledger;
  }
}
