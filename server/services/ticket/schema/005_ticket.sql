-- What a plan says of visits, which plan a ticket counts for, and the devices that customers own: all told by the
-- catalogue, so that intake asks nobody else.
alter table ticket.coverage add column visits_per_year int not null default 0 check (visits_per_year >= 0);

create table ticket.device (
    device_id uuid primary key,
    customer_id uuid not null,
    product_id uuid not null,
    serial_key text not null
);
create index device_by_customer on ticket.device (customer_id);

alter table ticket.ticket
    add column subscription_id uuid, -- the plan that covers it
    add column coverage_reason text not null default 'noPlan'
        check (coverage_reason in ('inPlan', 'unregistered', 'notInPlan', 'visitsUsed', 'noPlan', 'unpaid'));
update ticket.ticket set coverage_reason = case coverage when 'covered' then 'inPlan' else 'notInPlan' end
where coverage <> 'unknown';
alter table ticket.ticket
    alter column coverage_reason drop default,
    add constraint ticket_coverage_has_its_reason check (
        case coverage
            when 'covered' then coverage_reason in ('inPlan', 'unregistered')
            when 'notCovered' then coverage_reason in ('notInPlan', 'visitsUsed')
            else coverage_reason in ('noPlan', 'unpaid')
        end
    );
create index ticket_by_subscription on ticket.ticket (subscription_id, created_at) where subscription_id is not null;
create index ticket_unregistered on ticket.ticket (customer_id)
    where coverage_reason = 'unregistered' and state not in ('completed', 'closed', 'cancelled');
