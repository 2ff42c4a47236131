#include "sample.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

template <class T>
T typed(const QString &text)
{
    return *T::parse(text);
}

struct Case
{
    const char *subject;
    const char *description;
    const char *product;
    const char *category;
    const char *skill;
    const char *contact;
    const char *phone;
    const char *street;
    const char *city;
    const char *zip;
    api::Priority priority;
};

const Case cases[] = {
    { "No picture after the storm, sound still works",
      "Since Tuesday's thunderstorm the screen stays black. The standby light blinks twice, then pauses. "
      "I tried another socket and another cable. The soundbar is on the same strip and works.\n\n"
      "The doorbell is broken, please call from the gate.",
      "Vistara QX-55 television",
      "led-tv",
      "tv",
      "Miriam Okafor",
      "+1 904 555 0142",
      "1420 Palmetto Avenue, Apt 3B",
      "Jacksonville",
      "32207",
      api::Priority::high },
    { "Router restarts every few minutes",
      "All lights go out and it starts anew, mostly in the evening when everybody is at home.",
      "Helix Mesh 6 router",
      "router",
      "network",
      "Tomás Herrera",
      "+1 904 555 0188",
      "77 Riverside Court",
      "Orange Park",
      "32073",
      api::Priority::normal },
    { "Laptop does not charge",
      "The charger gets warm but the light at the plug stays off.",
      "Northwind Slate 14",
      "laptop",
      "computer",
      "Grace Lindqvist",
      "+1 904 555 0119",
      "9 Seabreeze Lane",
      "Neptune Beach",
      "32266",
      api::Priority::normal },
    { "Smart lock shuts us out",
      "The lock no longer accepts any code, and the battery is new.",
      "Keystone L2 smart lock",
      "smart-lock",
      "smart-home",
      "Devon Abara",
      "+1 904 555 0173",
      "310 Oak Street",
      "Jacksonville",
      "32204",
      api::Priority::urgent },
    { "Printer prints pale stripes",
      "Cleaning the head three times did not help.",
      "Lumen 480 printer",
      "printer",
      "printer",
      "Hana Kobayashi",
      "+1 904 555 0155",
      "2205 Atlantic Boulevard",
      "Atlantic Beach",
      "32233",
      api::Priority::low },
};

} // namespace

namespace sample {

api::Account account(api::Role role, const QString &name)
{
    api::Account account;
    account.id = api::AccountId::make();
    account.email = typed<Email>(name.section(u' ', 0, 0).toLower() + u"@squad.example"_s);
    account.role = role;
    account.name = typed<api::Name>(name);
    account.phone = typed<Phone>(u"+19045550100"_s);
    account.createdAt = toInstant(QDateTime::currentDateTimeUtc()) - 9000h;
    return account;
}

api::Expert expert(const api::Account &account)
{
    api::Expert expert;
    expert.id = account.id;
    expert.name = account.name;
    expert.email = account.email;
    expert.phone = *account.phone;
    expert.skills = { { typed<api::Slug>(u"tv"_s), { 4 } }, { typed<api::Slug>(u"smart-home"_s), { 3 } } };
    expert.areas = { typed<Text<3, 5>>(u"320"_s), typed<Text<3, 5>>(u"322"_s) };
    expert.timeZone = u"America/New_York"_s;
    for (int day = 1; day <= 5; ++day)
        expert.shifts += api::Shift { { day }, { 8 * 60 }, { 17 * 60 } };
    expert.availability = api::Availability::available;
    return expert;
}

api::Ticket ticket(int index, api::TicketState state, const std::optional<api::ExpertName> &expert)
{
    const Case &each = cases[static_cast<size_t>(index) % std::size(cases)];
    const Instant now = toInstant(QDateTime::currentDateTimeUtc());
    api::Ticket ticket;
    ticket.id = api::TicketId::make();
    ticket.number = u"T-%1"_s.arg(100'042 + index);
    ticket.customerId = api::AccountId::make();
    ticket.productId = api::ProductId::make();
    ticket.productName = QString::fromUtf8(each.product);
    ticket.category = QString::fromUtf8(each.category);
    ticket.skill = QString::fromUtf8(each.skill);
    ticket.minutes = 90;
    ticket.priority = each.priority;
    ticket.subject = QString::fromUtf8(each.subject);
    ticket.description = QString::fromUtf8(each.description);
    ticket.serialNumber = u"QX55-20931-%1"_s.arg(index);
    ticket.contactName = QString::fromUtf8(each.contact);
    ticket.contactPhone = QString::fromUtf8(each.phone);
    ticket.address = { typed<Text<1, 200>>(QString::fromUtf8(each.street)),
                       {},
                       typed<Text<1, 100>>(QString::fromUtf8(each.city)),
                       typed<Text<2, 2>>(u"FL"_s),
                       typed<ZipCode>(QString::fromUtf8(each.zip)) };
    ticket.region = u"florida"_s;
    ticket.timeZone = u"America/New_York"_s;
    ticket.state = state;
    ticket.coverage = api::Coverage::covered;
    ticket.coverageReason = api::CoverageReason::inPlan;
    ticket.expert = expert;
    ticket.createdAt = now - 14min - index * 7min;
    ticket.updatedAt = now - 2min - index * 5min;
    if (!expert && state == api::TicketState::open)
        ticket.waitingFor = u"Nobody who repairs this is on duty before tomorrow 08:00."_s;
    return ticket;
}

api::Decision decision(const api::ExpertName &chosen)
{
    const auto other = [](const QString &name, qint64 travel, qint64 load) {
        return api::Candidate { api::AccountId::make(),
                                name,
                                true,
                                travel + load,
                                { { u"travel"_s, travel, u"%1 miles"_s.arg(double(travel) / 130, 0, 'f', 1) },
                                  { u"load"_s, load, u"3 jobs today"_s } },
                                {} };
    };
    const api::Candidate me { chosen.id,
                              chosen.name,
                              true,
                              2480,
                              { { u"travel"_s, 1860, u"14.2 miles"_s },
                                { u"load"_s, 900, u"1 job today, the others have 2"_s },
                                { u"overqualification"_s, 120, u"level 4, needed 3"_s },
                                { u"age"_s, -400, u"the ticket has waited 13 min"_s } },
                              {} };
    const api::Candidate late { api::AccountId::make(),
                                u"Ben Ortiz"_s,
                                false,
                                {},
                                {},
                                { u"works from 09:00, the visit would start 07:40"_s } };
    return {
        Id<api::DecisionConcept>::make(),
        toInstant(QDateTime::currentDateTimeUtc()) - 2min,
        u"just-in-time"_s,
        api::DecisionOutcome::assigned,
        chosen.id,
        u"%1 can be there in 19 minutes, repairs televisions at level 4, and has had the fewest jobs today."_s
            .arg(chosen.name),
        214,
        { me, other(u"Carla Nguyen"_s, 3310, 0), other(u"Dmitri Vale"_s, 2750, 1800), late }
    };
}

api::TicketSla sla(const api::TicketId &ticket)
{
    using enum api::SlaSpanReason;
    using namespace std::chrono_literals;
    const Instant now = toInstant(QDateTime(QDate(2026, 11, 25), QTime(15, 30), Qt::UTC));
    const Instant filed = now - 90min;
    const Instant dusk = filed + 8h;
    const api::SlaSpan open { filed, dusk, counted, {} };
    const api::SlaSpan dark { dusk, dusk + 10h, night, {} };
    const api::SlaSpan thanks { dark.to, dark.to + 24h, holiday, u"Thanksgiving Day"_s };
    const api::SlaSpan next { thanks.to, thanks.to + 4h, counted, {} };
    const auto clock = [&](api::SlaClockKind kind, api::SlaClockState state, int target) {
        api::SlaClock each;
        each.kind = kind;
        each.state = state;
        each.targetMinutes = target;
        each.startedAt = filed;
        each.countedSeconds = 5400;
        each.explanation = u"Working time from filing."_s;
        return each;
    };
    api::SlaClock assigned = clock(api::SlaClockKind::assign, api::SlaClockState::met, 60);
    assigned.countedSeconds = 1200;
    assigned.metAt = filed + 20min;
    assigned.dueAt = filed + 60min;
    assigned.spans = { { filed, filed + 60min, counted, {} } };
    api::SlaClock accepted = clock(api::SlaClockKind::accept, api::SlaClockState::breached, 60);
    accepted.dueAt = filed + 60min;
    accepted.spans = { { filed, now, counted, {} } };
    api::SlaClock arrival = clock(api::SlaClockKind::arrive, api::SlaClockState::paused, 240);
    arrival.spans = { { filed, filed + 60min, counted, {} }, { filed + 60min, now, access, {} } };
    arrival.countedSeconds = 3600;
    api::SlaClock repair = clock(api::SlaClockKind::resolve, api::SlaClockState::running, 720);
    repair.dueAt = next.to;
    repair.spans = { open, dark, thanks, next };
    return { ticket, u"new-york"_s, u"America/New_York"_s, now, { assigned, accepted, arrival, repair } };
}

} // namespace sample
