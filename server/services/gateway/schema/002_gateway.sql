-- Accounts can be blocked, nobody can rewrite the audit log, and old tokens are found by their age.

alter table gateway.account add column state text not null default 'active' check (state in ('active', 'blocked'));

revoke update, delete, truncate on gateway.audit from squad_gateway;

create index refresh_token_by_age on gateway.refresh_token (issued_at);
