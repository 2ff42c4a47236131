-- A state's tax changes at dates, and who said so is kept. What stood here before has no author.
alter table billing.tax_rate
    add column from_at timestamptz not null default '1970-01-01Z',
    add column made_by uuid,
    add column made_by_name text not null default '',
    add column made_at timestamptz not null default now();
alter table billing.tax_rate
    drop constraint tax_rate_pkey,
    add primary key (us_state, from_at);
