-- Whoever is held for a ticket is asked for by the ticket: by the accounts, and when a ticket is said to stand otherwise.
create index expert_by_ticket on matching.expert (ticket_id) where ticket_id is not null;
