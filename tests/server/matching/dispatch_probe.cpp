#include "tests/server/matching/dispatch_probe.h"

#include "server/services/ticket/ticket_consumer.h"
#include "server/services/user/user_events.h"
#include "tests/support/why.h"

#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

constexpr Position address { 40.75, -74 };
constexpr double milesPerDegree = 69.1;

template <class T>
T typed(const QString &text)
{
    return *T::parse(text);
}

// A step of the test's own set-up; if it fails there is nothing to test.
template <class T>
T required(Result<T> result)
{
    if (!result)
        qFatal("%s", why(result));
    if constexpr (!std::is_void_v<T>)
        return *std::move(result);
}

Caller callerNamed(api::Role role, const QString &name)
{
    Caller caller;
    caller.account = api::AccountId::make();
    caller.role = role;
    caller.name = name;
    caller.requestId = u"test"_s;
    return caller;
}

std::shared_ptr<const Localities::Table> places()
{
    auto table = std::make_shared<Localities::Table>();
    const QString zone = u"America/New_York"_s;
    table->places.insert(u"100"_s, { u"northeast"_s, zone, address });
    // Twenty miles farther north, in the same area for those who serve 100.
    table->places.insert(u"10099"_s, { u"northeast"_s, zone, Position { 40.75 + 20 / milesPerDegree, -74 } });
    table->places.insert(u"900"_s, { u"west"_s, u"America/Los_Angeles"_s, Position { 34.05, -118.24 } });
    return table;
}

const Statement countEvents { "test.countEvents", "select count(*) from bus.event where type = $1" };

} // namespace

DispatchProbe::Node::Node(DispatchProbe &probe)
    : matching(probe.m_db.database(), probe.m_tickets, probe.m_clock)
{
}

void DispatchProbe::Node::start(DispatchProbe &probe, Reads reads)
{
    PostgresBus::Options options { .url = probe.m_db.url() };
    options.policy.poll = 1h; // whoever needs it fails the test
    options.policy.firstRetry = 1ms;
    options.policy.attempts = 3;
    bus = std::make_unique<PostgresBus>(probe.m_db.database(), options);
    if (reads == Reads::everything)
        bus->subscribe(ticketConsumer(probe.m_tickets));
    bus->subscribe(matching.consumer());
    if (probe.m_join)
        probe.m_join(*bus, matching);
    bus->start();
}

DispatchProbe::DispatchProbe()
    : m_clock(*instantFromText(u"2026-11-23T15:00:00Z"_s)) // Monday 10:00 in New York
    , m_gateway(m_db.database(), m_clock, { 8, u"northeast"_s })
    , m_catalog(m_db.database(), m_clock)
    , m_experts(m_db.database(), m_gateway, m_clock)
    , m_tickets({ m_catalog, m_localities, m_experts, m_clock })
    , m_customer(callerNamed(api::Role::customer, u"Customer A"_s))
    , m_manager(callerNamed(api::Role::manager, u"Manager"_s))
{
    m_localities.replace(places());
    CatalogContent content;
    content.skills = { { u"tv"_s, u"Televisions"_s } };
    content.categories = { { u"led-tv"_s, u"LED TVs"_s, u"tv"_s, 90 } };
    content.products = { { m_product, u"SKU-1"_s, u"TV One"_s, u"Maker"_s, u"led-tv"_s } };
    required(m_catalog.load(content));
}

DispatchProbe::~DispatchProbe() = default;

void DispatchProbe::startNode(Reads reads)
{
    m_nodes.push_back(std::make_unique<Node>(*this));
    m_nodes.back()->start(*this, reads);
}

void DispatchProbe::stopNode()
{
    m_nodes.pop_back();
}

void DispatchProbe::pauseNode()
{
    m_nodes.back()->bus.reset();
}

void DispatchProbe::resumeNode()
{
    m_nodes.back()->start(*this, Reads::everything);
}

bool DispatchProbe::settle()
{
    // One snapshot shows a batch either not handled or with all it published, so that all at zero is the end.
    return QTest::qWaitFor(
        [&] {
            const auto groups = m_nodes.back()->bus->health();
            // A node that has just started may not have told the log of its groups.
            return groups && groups->size() == 2 + m_joined
                && std::ranges::all_of(*groups, [](const GroupHealth &group) {
                       return group.waiting == 0 && group.retrying == 0;
                   });
        },
        60'000
    );
}

// People ---------------------------------------------------------------------

api::Expert DispatchProbe::expert(const Skilled &wanted)
{
    api::Expert expert {
        .id = api::AccountId::make(),
        .name = typed<api::Name>(wanted.name),
        .email = {},
        .phone = typed<Phone>(u"212-555-0100"_s),
        .skills = { { typed<api::Slug>(wanted.skill), { wanted.level } } },
        .areas = { typed<Text<3, 5>>(wanted.area) },
        .timeZone = u"America/New_York"_s,
        .shifts = {},
        .position = Position { address.lat + wanted.milesNorth / milesPerDegree, address.lon },
        .availability = wanted.availability,
        .version = 1,
    };
    expert.email = typed<Email>(expert.id.toString() + u"@squad.example"_s);
    for (int day = 1; day <= 7; ++day)
        expert.shifts.append(api::Shift { { day }, { wanted.fromHour * 60 }, { wanted.toHour * 60 } });
    return expert;
}

void DispatchProbe::announce(const QList<api::Expert> &experts)
{
    required(m_db.database().transact("squad_users", [&](Session &session) -> Result<void> {
        for (const api::Expert &expert : experts) {
            if (m_known.contains(expert.id))
                TRY(expert_store::save(session, expert));
            else
                TRY(expert_store::insert(session, QList { expert }));
            TRY(Outbox::publish(session, expert.id.toString(), ExpertChanged { expert }, u"test"_s));
        }
        return {};
    }));
    for (const api::Expert &expert : experts)
        m_known.insert(expert.id, expert);
}

api::Expert DispatchProbe::givenExpert(const Skilled &wanted)
{
    const api::Expert made = expert(wanted);
    announce(QList { made });
    return made;
}

void DispatchProbe::setAvailability(const api::Expert &expert, api::Availability availability)
{
    required(m_db.database().transact("squad_users", [&](Session &session) {
        return m_experts.setAvailability(session, callerOf(expert), availability);
    }));
}

Caller DispatchProbe::callerOf(const api::Expert &expert)
{
    Caller caller = callerNamed(api::Role::expert, expert.name.toString());
    caller.account = expert.id;
    return caller;
}

// Tickets --------------------------------------------------------------------

api::NewTicket DispatchProbe::draft(const QString &zip) const
{
    return {
        .productId = m_product,
        .subject = typed<Text<1, 200>>(u"Black picture"_s),
        .description = {},
        .serialNumber = {},
        .contactName = typed<api::Name>(u"Customer A"_s),
        .contactPhone = typed<Phone>(u"212-555-0100"_s),
        .address = { typed<Text<1, 200>>(u"1 Main Street"_s),
                     {},
                     typed<Text<1, 100>>(u"New York"_s),
                     typed<Text<2, 2>>(u"NY"_s),
                     typed<ZipCode>(zip) },
        .customerId = {},
    };
}

QList<api::TicketId> DispatchProbe::fileAll(const QList<TicketService::Intake> &drafts)
{
    QList<api::TicketId> ids;
    for (const auto &answer : required(run([&](Session &s) { return m_tickets.open(s, drafts); })))
        ids.append(required(answer).id);
    return ids;
}

QList<api::TicketId> DispatchProbe::file(int count, const QString &zip)
{
    return fileAll(QList<TicketService::Intake>(count, { m_customer, draft(zip) }));
}

Caller DispatchProbe::anotherCustomer()
{
    return callerNamed(api::Role::customer, u"Customer B"_s);
}

api::TicketId DispatchProbe::fileFor(const Caller &customer)
{
    return fileAll({ { customer, draft(u"10001"_s) } }).first();
}

void DispatchProbe::sellUrgentPlan(const Caller &customer)
{
    const CoverageRow plan { .subscriptionId = api::SubscriptionId::make(),
                             .customerId = customer.account,
                             .categories = { u"led-tv"_s },
                             .priority = api::Priority::urgent,
                             .arriveMinutes = 240 };
    required(run([&](Session &s) { return m_tickets.learnCoverage(s, plan, u"test"_s); }));
}

api::Ticket DispatchProbe::ticket(api::TicketId id)
{
    return required(run([&](Session &s) { return m_tickets.fetch(s, m_manager, id); }));
}

QString DispatchProbe::expertOf(api::TicketId id)
{
    const auto expert = ticket(id).expert;
    return expert ? expert->name : QString();
}

Caller DispatchProbe::holderOf(api::TicketId id)
{
    const auto expert = ticket(id).expert;
    if (!expert)
        qFatal("nobody has the ticket");
    Caller caller = callerNamed(api::Role::expert, expert->name);
    caller.account = expert->id;
    return caller;
}

void DispatchProbe::reject(api::TicketId id)
{
    const Caller by = holderOf(id);
    required(run([&](Session &s) { return m_tickets.reject(s, by, id, u"ill"_s); }));
}

void DispatchProbe::complete(api::TicketId id, api::CompletionOutcome outcome)
{
    const Caller by = holderOf(id);
    required(run([&](Session &s) { return m_tickets.accept(s, by, id); }));
    required(run([&](Session &s) { return m_tickets.depart(s, by, id); }));
    required(run([&](Session &s) { return m_tickets.arrive(s, by, id); }));
    const api::Completion completion { outcome, typed<Text<1, 4000>>(u"Done."_s) };
    required(run([&](Session &s) { return m_tickets.complete(s, by, id, completion); }));
}

void DispatchProbe::cancel(api::TicketId id)
{
    required(run([&](Session &s) { return m_tickets.cancel(s, m_customer, id, u"works again"_s); }));
}

void DispatchProbe::assign(api::TicketId id, const api::Expert &expert)
{
    const api::Assignment assignment { expert.id, typed<Text<1, 500>>(u"knows the house"_s) };
    required(run([&](Session &s) { return m_tickets.assign(s, m_manager, id, assignment); }));
}

// What came of it ------------------------------------------------------------

Result<api::Explanation> DispatchProbe::explain(const Caller &by, api::TicketId id)
{
    return m_db.database().transact("squad_matching", [&](Session &session) {
        return matching().explain(session, by, id);
    });
}

QList<api::Decision> DispatchProbe::decisions(api::TicketId id)
{
    return required(explain(m_manager, id)).decisions;
}

int DispatchProbe::events(const QString &type)
{
    // As the log's owner: a service may only publish.
    Database owner({ m_db.ownerUrl(), 1 });
    return required(owner.transact("squad_owner", [&](Session &s) { return s.one<int>(countEvents, type); }));
}

void DispatchProbe::publish(
    const char *role, const QString &type, const QString &key, const QJsonObject &payload
)
{
    required(m_db.database().transact(role, [&](Session &session) {
        return Outbox::publish(session, type, key, payload, u"test"_s);
    }));
}
