-- What is given back has a numbered paper of its own, and a bill says to whom it was written.
alter table billing.refund
    add column credit_number bigint constraint refund_credit_number_is_unique unique,
    add column done_at timestamptz;
update billing.refund r set credit_number = 500000 + n.place, done_at = n.asked_at
from (
    select id, asked_at, row_number() over (order by asked_at, id) as place from billing.refund where state = 'done'
) n
where n.id = r.id;
alter table billing.refund
    add constraint refund_done_has_number check ((state = 'done') = (num_nonnulls(credit_number, done_at) = 2));
insert into billing.counter
select 'credit_note', coalesce(max(credit_number), 500000) from billing.refund;

-- As it was when the bill was written; null: nobody wrote it down then.
alter table billing.invoice
    add column billed_to jsonb, -- {name, address[], usState, zone}
    add column tax_basis_points int;
