#include "server/services/timer/command_batch.h"

using namespace Qt::StringLiterals;

namespace {

constexpr int maxOwner = 40;
constexpr int maxKey = 200;
constexpr int maxZone = 64;
constexpr int maxPayloadBytes = 8192;

bool isOwner(const QString &owner)
{
    const auto isLower = [](QChar c) { return c >= u'a' && c <= u'z'; };
    return !owner.isEmpty() && owner.size() <= maxOwner && isLower(owner.front())
        && std::ranges::all_of(owner, [&](QChar c) {
               return isLower(c) || (c >= u'0' && c <= u'9') || c == u'_';
           });
}

Result<void> check(const QString &owner, const QString &key)
{
    if (!isOwner(owner))
        return fail(Problem::invalid(u"/owner"_s, u"must be a service's name"_s));
    if (key.isEmpty() || key.size() > maxKey)
        return fail(Problem::invalid(u"/key"_s, u"must have 1 to %1 characters"_s.arg(maxKey)));
    return {};
}

} // namespace

Result<void> CommandBatch::add(const Event &event, const SetTimer &command)
{
    TRY(check(command.owner, command.key));
    if (json::toText(command.payload).size() > maxPayloadBytes)
        return fail(Problem::invalid(u"/payload"_s, u"must not exceed %1 bytes"_s.arg(maxPayloadBytes)));
    if (const auto &recurrence = command.recurrence;
        recurrence && (recurrence->zone.size() > maxZone || !isKnownZone(recurrence->zone)))
        return fail(Problem::invalid(u"/recurrence/zone"_s, u"must be an IANA time zone"_s));
    m_commands.insert(
        { command.owner, command.key },
        { command.owner,
          command.key,
          command.dueAt,
          event.key,
          event.traceId,
          command.recurrence,
          command.payload }
    );
    return {};
}

Result<void> CommandBatch::add(const Event &event, const CancelTimer &command)
{
    TRY(check(command.owner, command.key));
    m_commands.insert(
        { command.owner, command.key }, { command.owner, command.key, {}, event.key, event.traceId, {}, {} }
    );
    return {};
}

Instant CommandBatch::earliest() const
{
    Instant earliest = Instant::max();
    for (const TimerRow &command : m_commands)
        earliest = std::min(earliest, command.dueAt.value_or(Instant::max()));
    return earliest;
}
