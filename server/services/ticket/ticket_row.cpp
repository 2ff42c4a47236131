#include "server/services/ticket/ticket_row.h"

namespace {

std::optional<api::ExpertName> expertOf(const TicketRow &row)
{
    if (!row.expertId)
        return std::nullopt;
    return api::ExpertName { *row.expertId, row.expertName.value_or(QString()) };
}

// Every row was checked on its way in, so a text that no longer parses is a bug in a migration, not bad
// input.
template <class T>
T stored(const QString &text)
{
    const auto parsed = T::parse(text);
    Q_ASSERT(parsed);
    return parsed ? *parsed : T();
}

api::Address addressOf(const TicketRow &row)
{
    api::Address address {
        .line1 = stored<Text<1, 200>>(row.line1),
        .line2 = {},
        .city = stored<Text<1, 100>>(row.city),
        .state = stored<Text<2, 2>>(row.usState),
        .zip = stored<ZipCode>(row.zip),
    };
    if (row.line2)
        address.line2 = stored<Text<0, 200>>(*row.line2);
    return address;
}

} // namespace

void reopenRow(TicketRow &row)
{
    row.state = api::TicketState::open;
    row.expertId.reset();
    row.expertName.reset();
    row.waitingFor.reset();
    row.resolution.reset();
    row.completedAt.reset();
    ++row.round;
}

void endVisit(VisitRow &visit, api::VisitState state, Instant at, const std::optional<QString> &note)
{
    visit.state = state;
    visit.endedAt = at;
    if (note)
        visit.note = note;
}

QString spokenNumber(qint64 number)
{
    return QStringLiteral("T-%1").arg(number);
}

std::optional<qint64> numberFromText(const QString &text)
{
    QString digits = text.trimmed().toUpper();
    if (digits.startsWith(QLatin1String("T-")))
        digits.remove(0, 2);
    bool ok = false;
    const qint64 number = digits.toLongLong(&ok);
    return ok && number > 0 ? std::optional(number) : std::nullopt;
}

api::TicketSummary toSummary(const TicketRow &row)
{
    return {
        .id = row.id,
        .number = spokenNumber(row.number),
        .customerId = row.customerId,
        .contactName = row.contactName,
        .subject = row.subject,
        .productName = row.productName,
        .skill = row.skill,
        .priority = row.priority,
        .state = row.state,
        .city = row.city,
        .zip = row.zip,
        .region = row.region,
        .expert = expertOf(row),
        .waitingFor = row.waitingFor,
        .paused = row.paused,
        .escalation = row.escalation > 0 ? std::optional(row.escalation) : std::nullopt,
        .createdAt = row.createdAt,
        .updatedAt = row.updatedAt,
        .version = row.version,
    };
}

api::Ticket toTicket(const TicketRow &row, const QList<VisitRow> &visits)
{
    api::Ticket ticket {
        .id = row.id,
        .number = spokenNumber(row.number),
        .customerId = row.customerId,
        .productId = row.productId,
        .productName = row.productName,
        .category = row.category,
        .skill = row.skill,
        .minutes = row.minutes,
        .priority = row.priority,
        .subject = row.subject,
        .description = row.description,
        .serialNumber = row.serialNumber,
        .contactName = row.contactName,
        .contactPhone = row.contactPhone,
        .address = addressOf(row),
        .region = row.region,
        .timeZone = row.timeZone,
        .state = row.state,
        .escalation = row.escalation,
        .coverage = row.coverage,
        .coverageReason = row.coverageReason,
        .expert = expertOf(row),
        .waitingFor = row.waitingFor,
        .paused = row.paused,
        .pausedUntil = row.pausedUntil,
        .resolution = row.resolution,
        .visits = {},
        .createdAt = row.createdAt,
        .updatedAt = row.updatedAt,
        .version = row.version,
    };
    for (const VisitRow &visit : visits) {
        ticket.visits.append({
            .id = visit.id,
            .expert = { visit.expertId, visit.expertName },
            .state = visit.state,
            .assignedAt = visit.assignedAt,
            .acceptedAt = visit.acceptedAt,
            .departedAt = visit.departedAt,
            .arrivedAt = visit.arrivedAt,
            .endedAt = visit.endedAt,
            .note = visit.note,
        });
    }
    return ticket;
}

TicketJob toJob(const TicketRow &row)
{
    TicketJob job {
        .round = row.round,
        .minutes = row.minutes,
        .level = 1,
        .timeZone = row.timeZone,
        .position = {},
        .arriveBy = row.arriveBy,
    };
    if (row.lat && row.lon)
        job.position = Position { *row.lat, *row.lon };
    return job;
}

api::TicketChange toChange(const ChangeRow &row)
{
    return { row.fromState, row.toState, row.action, row.actor, row.actorRole, row.reason, row.at };
}
