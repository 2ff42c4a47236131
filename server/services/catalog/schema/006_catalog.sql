-- Products are edited by administrators: the version tells a seed file which of them are still its own, and a
-- second administrator that somebody was faster. One that is withdrawn is not offered any more; tickets and
-- devices of it go on.
alter table catalog.product
    add column version int not null default 1,
    add column is_withdrawn boolean not null default false;
