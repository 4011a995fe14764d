-- What the admin API keeps beside the manifests, who changed it, and what was used.

-- Every change takes the next number, and holds this row until it is committed: so numbers become visible in their order,
-- and whoever has read up to a number has missed nothing below it. Rows that are dropped stay for a while, so that nodes see it.
CREATE TABLE IF NOT EXISTS sluice_tenancy(
  one BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (one), changed BIGINT NOT NULL, swept BIGINT NOT NULL);
INSERT INTO sluice_tenancy(one, changed, swept) VALUES (TRUE, 0, 0) ON CONFLICT (one) DO NOTHING;

CREATE TABLE IF NOT EXISTS sluice_tenant(
  name VARCHAR(253) COLLATE "C" PRIMARY KEY, limits TEXT NOT NULL, created TIMESTAMPTZ NOT NULL DEFAULT now(),
  changed BIGINT NOT NULL, dropped TIMESTAMPTZ);
CREATE INDEX IF NOT EXISTS sluice_tenant_changed ON sluice_tenant(changed);

CREATE TABLE IF NOT EXISTS sluice_team(
  tenant VARCHAR(253) COLLATE "C" NOT NULL, name VARCHAR(253) COLLATE "C" NOT NULL, limits TEXT NOT NULL, created TIMESTAMPTZ NOT NULL DEFAULT now(),
  changed BIGINT NOT NULL, dropped TIMESTAMPTZ, PRIMARY KEY (tenant, name));
CREATE INDEX IF NOT EXISTS sluice_team_changed ON sluice_team(changed);

-- team: empty for keys without one. jwt: what a token must say, in place of a secret; empty for keys with one.
-- expires: milliseconds since 1970; 0 for never.
CREATE TABLE IF NOT EXISTS sluice_key(
  tenant VARCHAR(253) COLLATE "C" NOT NULL, team VARCHAR(253) COLLATE "C" NOT NULL, name VARCHAR(253) COLLATE "C" NOT NULL, limits TEXT NOT NULL,
  jwt TEXT NOT NULL, expires BIGINT NOT NULL, created TIMESTAMPTZ NOT NULL DEFAULT now(),
  changed BIGINT NOT NULL, dropped TIMESTAMPTZ, PRIMARY KEY (tenant, team, name));
CREATE INDEX IF NOT EXISTS sluice_key_changed ON sluice_key(changed);

-- What a key is known by: one row, or two while an old secret overlaps with its successor.
CREATE TABLE IF NOT EXISTS sluice_secret(
  sha256 CHAR(64) PRIMARY KEY, tenant VARCHAR(253) COLLATE "C" NOT NULL, team VARCHAR(253) COLLATE "C" NOT NULL, name VARCHAR(253) COLLATE "C" NOT NULL,
  expires BIGINT NOT NULL, changed BIGINT NOT NULL, dropped TIMESTAMPTZ);
CREATE INDEX IF NOT EXISTS sluice_secret_changed ON sluice_secret(changed);
CREATE INDEX IF NOT EXISTS sluice_secret_of ON sluice_secret(tenant, team, name);

-- limit_name: with its place. Repeated under the same idempotency key, a top-up is answered again and counts once.
CREATE TABLE IF NOT EXISTS sluice_top_up(
  tenant VARCHAR(253) COLLATE "C" NOT NULL, idempotency_key VARCHAR(255) NOT NULL, limit_name VARCHAR(1024) NOT NULL,
  amount BIGINT NOT NULL, at TIMESTAMPTZ NOT NULL DEFAULT now(), who VARCHAR(512) NOT NULL, changed BIGINT NOT NULL,
  PRIMARY KEY (tenant, idempotency_key));
CREATE INDEX IF NOT EXISTS sluice_top_up_changed ON sluice_top_up(changed);

CREATE TABLE IF NOT EXISTS sluice_audit(
  changed BIGINT PRIMARY KEY, at TIMESTAMPTZ NOT NULL DEFAULT now(), who VARCHAR(512) NOT NULL, role VARCHAR(32) NOT NULL,
  operation VARCHAR(64) NOT NULL, tenant VARCHAR(253) COLLATE "C" NOT NULL, target VARCHAR(1024) NOT NULL,
  before TEXT NOT NULL, after TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS sluice_audit_tenant ON sluice_audit(tenant, changed);
CREATE INDEX IF NOT EXISTS sluice_audit_at ON sluice_audit(at);

-- The usage ledger, by the hour. source: provider, partial or estimated. The five counts of tokens are disjoint.
CREATE TABLE IF NOT EXISTS sluice_usage(
  hour TIMESTAMPTZ NOT NULL, tenant VARCHAR(253) COLLATE "C" NOT NULL, team VARCHAR(253) COLLATE "C" NOT NULL, name VARCHAR(253) COLLATE "C" NOT NULL,
  model VARCHAR(256) NOT NULL, target VARCHAR(512) NOT NULL, source VARCHAR(16) NOT NULL,
  requests BIGINT NOT NULL, input_tokens BIGINT NOT NULL, cache_read_tokens BIGINT NOT NULL, cache_write_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL, reasoning_tokens BIGINT NOT NULL, cost_nanos BIGINT NOT NULL,
  PRIMARY KEY (tenant, hour, team, name, model, target, source));
CREATE INDEX IF NOT EXISTS sluice_usage_hour ON sluice_usage(hour);
-- Batches that were added to it: one that is sent again is not added again.
CREATE TABLE IF NOT EXISTS sluice_usage_batch(
  node VARCHAR(64) NOT NULL, number BIGINT NOT NULL, at TIMESTAMPTZ NOT NULL DEFAULT now(), PRIMARY KEY (node, number));
CREATE INDEX IF NOT EXISTS sluice_usage_batch_at ON sluice_usage_batch(at);

-- Alerts that were told: each once for a limit, a mark and a window.
CREATE TABLE IF NOT EXISTS sluice_alert(
  tenant VARCHAR(253) COLLATE "C" NOT NULL, bucket VARCHAR(1200) NOT NULL, mark INT NOT NULL, window_start BIGINT NOT NULL,
  at TIMESTAMPTZ NOT NULL DEFAULT now(), PRIMARY KEY (tenant, bucket, mark, window_start));
CREATE INDEX IF NOT EXISTS sluice_alert_at ON sluice_alert(at);
