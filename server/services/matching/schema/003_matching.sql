-- Experts who did not answer are asked for nothing for a while, whatever the ticket.
create table matching.cooldown (
    expert_id uuid primary key,
    until timestamptz not null
);

create index cooldown_until on matching.cooldown (until);
