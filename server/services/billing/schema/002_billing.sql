-- The catalogue says what begins when; a bill is written for what it says, and has the number it says.
alter table billing.subscription
    drop column plan_name, drop column price_minor, drop column price_currency, drop column tax_basis_points,
    drop column billing_dates, drop column billed_until;

alter table billing.invoice
    add column bill_number int,
    add column is_purchase boolean not null default false, -- the plan begins when it is paid
    add column lines jsonb not null default '[]', -- [{text, net}]: what the net amount is the sum of
    drop constraint invoice_one_per_period,
    drop constraint invoice_state_check,
    add constraint invoice_state_check check (state in ('open', 'paid', 'uncollectible', 'voided'));
update billing.invoice i set bill_number = n.place
from (select id, row_number() over (partition by subscription_id order by from_at) as place from billing.invoice) n
where n.id = i.id;
alter table billing.invoice
    alter column bill_number set not null,
    add constraint invoice_one_per_bill unique (subscription_id, bill_number);

alter table billing.entry
    drop constraint entry_reason_check,
    add constraint entry_reason_check check (reason in ('issued', 'paid', 'refunded', 'written_off', 'voided'));

-- A purchase that is not paid has nothing to restrict: it ends soon.
alter table billing.dunning_step
    add column ladder text not null default 'renewal' check (ladder in ('renewal', 'purchase')),
    drop constraint dunning_step_pkey,
    add primary key (ladder, place);
insert into billing.dunning_step (ladder, place, after_days, standing, retries) values
    ('purchase', 1, 0, 'warned', false),
    ('purchase', 2, 1, 'warned', true),
    ('purchase', 3, 3, 'cancelled', false);
