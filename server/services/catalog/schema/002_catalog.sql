-- A plan says whether its minutes are those of the region's working calendar, or all of them.
alter table catalog.plan
    add column counting text not null default 'workingTime' check (counting in ('workingTime', 'always'));
