-- Two writers of one journal are told apart by the key (persistence_id, seq_nr). Events behind a snapshot are deleted, and
-- their numbers would be free again for a writer that was paused meanwhile: it would write, and answer for what it wrote,
-- where no replay reads it. So no event goes below one that is there, and no snapshot is replaced by an older one.
CREATE OR REPLACE FUNCTION sluice_refuse_event_of_the_past() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF NOT NEW.deleted AND EXISTS (
      SELECT 1 FROM event_journal WHERE persistence_id = NEW.persistence_id AND seq_nr > NEW.seq_nr) THEN
    RAISE EXCEPTION 'another writer of % is past event %', NEW.persistence_id, NEW.seq_nr
      USING ERRCODE = 'unique_violation';
  END IF;
  RETURN NEW;
END
$body$;
CREATE TRIGGER event_journal_forward BEFORE INSERT ON event_journal
  FOR EACH ROW EXECUTE FUNCTION sluice_refuse_event_of_the_past();

CREATE OR REPLACE FUNCTION sluice_refuse_snapshot_of_the_past() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF NEW.seq_nr < OLD.seq_nr THEN
    RAISE EXCEPTION 'another writer of % has a snapshot of event %', NEW.persistence_id, OLD.seq_nr
      USING ERRCODE = 'unique_violation';
  END IF;
  RETURN NEW;
END
$body$;
CREATE TRIGGER snapshot_forward BEFORE UPDATE ON snapshot
  FOR EACH ROW EXECUTE FUNCTION sluice_refuse_snapshot_of_the_past();
