#include "server/services/notification/notification_store.h"

#include "server/db/record.h"

namespace notification_store {

namespace {

    const Statement knowSql { "notification.know", R"sql(
    insert into notification.person (account_id, role, name, email, phone, time_zone)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (account_id) do update set role = excluded.role, name = excluded.name, email = excluded.email,
        phone = coalesce(excluded.phone, person.phone),
        time_zone = case when excluded.phone is null then person.time_zone else excluded.time_zone end
)sql" };
    const Statement personSql { "notification.person",
                                "select * from notification.person where account_id = $1" };
    const Statement managersSql { "notification.managers", R"sql(
    select account_id from notification.person where role = 'manager' order by account_id
)sql" };
    const Statement speakSql { "notification.speak",
                               "update notification.person set language = $2 where account_id = $1" };
    const Statement unmuteSql { "notification.unmute",
                                "delete from notification.muted where account_id = $1" };
    const Statement muteSql { "notification.mute", R"sql(
    insert into notification.muted (account_id, kind, channel) values ($1, $2, $3) on conflict do nothing
)sql" };
    const Statement mutedSql { "notification.muted", R"sql(
    select kind, channel from notification.muted where account_id = $1 order by kind, channel
)sql" };
    const Statement wordsSql { "notification.words", R"sql(
    select * from notification.template where kind = $1 and channel = $2 and language = $3
    order by version desc limit 1
)sql" };
    const RecordInsert<MessageRow> insertMessage {
        "notification.write",
        "notification.message",
        "on conflict on constraint message_is_told_once do nothing"
    };
    const Statement overtakeSql { "notification.overtake", R"sql(
    update notification.message set state = 'expired', trouble = $3
    where ticket_id = $1 and kind = $2 and state = 'waiting'
)sql" };
    const Statement ofTicketSql { "notification.ofTicket", R"sql(
    select * from notification.message
    where ticket_id = $1 and ($2::uuid is null or account_id = $2)
    order by created_at, id limit 500
)sql" };

} // namespace

Result<void> know(Session &session, const PersonRow &person)
{
    TRY(session.exec(
        knowSql, person.accountId, person.role, person.name, person.email, person.phone, person.timeZone
    ));
    return {};
}

Result<std::optional<PersonRow>> person(Session &session, api::AccountId id)
{
    return session.maybe<PersonRow>(personSql, id);
}

Result<QList<api::AccountId>> managers(Session &session)
{
    return session.many<api::AccountId>(managersSql);
}

Result<void> speak(Session &session, api::AccountId id, api::Language language)
{
    TRY(session.exec(speakSql, id, language));
    return {};
}

Result<void> mute(Session &session, api::AccountId id, const QList<api::MutedMessage> &muted)
{
    TRY(session.exec(unmuteSql, id));
    for (const api::MutedMessage &each : muted)
        TRY(session.exec(muteSql, id, each.kind, each.channel));
    return {};
}

Result<QList<api::MutedMessage>> muted(Session &session, api::AccountId id)
{
    return session.many<api::MutedMessage>(mutedSql, id);
}

Result<TemplateRow>
words(Session &session, api::MessageKind kind, api::MessageChannel channel, api::Language language)
{
    return session.one<TemplateRow>(wordsSql, kind, channel, language);
}

Result<void> write(Session &session, const MessageRow &message)
{
    TRY(insertMessage.run(session, { message }));
    return {};
}

Result<void> overtake(Session &session, api::TicketId ticket, api::MessageKind kind, const QString &why)
{
    TRY(session.exec(overtakeSql, ticket, kind, why));
    return {};
}

Result<QList<MessageRow>>
ofTicket(Session &session, api::TicketId ticket, const std::optional<api::AccountId> &reader)
{
    return session.many<MessageRow>(ofTicketSql, ticket, reader);
}

} // namespace notification_store
