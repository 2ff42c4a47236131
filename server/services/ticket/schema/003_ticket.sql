-- A plan that is not paid may cover again once it is; one that has ended may not.
alter table ticket.coverage add column ended boolean not null default false;
update ticket.coverage set ended = not active;
