-- Administrators see who gave a plan its terms, by the name that person had then.
alter table catalog.plan_version add column made_by_name text not null default '';
alter table catalog.plan_version alter column made_by_name drop default;
