-- Why a plan does not cover: each reason comes and goes by itself.
drop index ticket.coverage_by_customer;
alter table ticket.coverage
    add column pending boolean not null default false, -- bought and not paid yet
    add column paused boolean not null default false,
    add column unpaid boolean not null default false;
update ticket.coverage set unpaid = not active where not ended;
alter table ticket.coverage drop column active;
alter table ticket.coverage
    add column active boolean not null generated always as (not (ended or pending or paused or unpaid)) stored;
create index coverage_by_customer on ticket.coverage (customer_id) where not ended;
