-- Who gave a template the words it has. Nobody, of those that came with the product.
alter table notification.template
    add made_at timestamptz,
    add made_by text,
    add constraint template_made_by_somebody check ((made_at is null) = (made_by is null));
