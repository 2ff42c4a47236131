#include "server/composition.h"

#include "server/db/cluster.h"
#include "server/db/embedded_migrations.h"
#include "server/events/postgres_bus.h"
#include "server/http/access_log.h"
#include "server/http/http_server.h"
#include "server/http/idempotency.h"
#include "server/http/metrics.h"
#include "server/http/routes.h"
#include "server/mail_setup.h"
#include "server/payment_setup.h"
#include "server/portal/portal_routes.h"
#include "server/push/push_hub.h"
#include "server/push/push_routes.h"
#include "server/push/ticket_feed.h"
#include "server/seed/seed.h"
#include "server/seed/seed_articles.h"
#include "server/seed/seed_data.h"
#include "server/services/accounting/accounting_routes.h"
#include "server/services/accounting/accounting_service.h"
#include "server/services/billing/billing_routes.h"
#include "server/services/billing/billing_service.h"
#include "server/services/billing/plan_preview.h"
#include "server/services/billing/tax_service.h"
#include "server/services/billing/vendor_audit.h"
#include "server/services/catalog/catalog_routes.h"
#include "server/services/catalog/catalog_service.h"
#include "server/services/catalog/device_service.h"
#include "server/services/catalog/subscription_service.h"
#include "server/services/gateway/gateway_events.h"
#include "server/services/gateway/gateway_routes.h"
#include "server/services/gateway/gateway_service.h"
#include "server/services/knowledge/knowledge_routes.h"
#include "server/services/knowledge/knowledge_service.h"
#include "server/services/matching/matching_routes.h"
#include "server/services/matching/matching_service.h"
#include "server/services/notification/message_sender.h"
#include "server/services/notification/notification_routes.h"
#include "server/services/notification/notification_service.h"
#include "server/services/notification/template_service.h"
#include "server/services/payment/payment_routes.h"
#include "server/services/survey/survey_link.h"
#include "server/services/survey/survey_routes.h"
#include "server/services/survey/survey_service.h"
#include "server/services/ticket/ticket_consumer.h"
#include "server/services/ticket/ticket_routes.h"
#include "server/services/ticket/ticket_service.h"
#include "server/services/timer/time_warp.h"
#include "server/services/timer/timer_service.h"
#include "server/services/user/customer_service.h"
#include "server/services/user/expert_service.h"
#include "server/services/user/user_routes.h"
#include "server/sms_setup.h"

#include <QTimer>

#include <atomic>
#include <unistd.h>

using namespace std::chrono_literals;

namespace {

constexpr auto housekeepingInterval = 5s;
constexpr auto drainTime = 10s;

// Consumers and nested calls hold connections beside the workers' own.
int connectionsFor(const Config &config)
{
    return 40 + 2 * config.databaseWorkers;
}

// Money that somebody has to look after.
QList<AlarmBoard::Condition> paymentConditions(const PaymentService::Health &health)
{
    QList<AlarmBoard::Condition> conditions;
    if (health.transfers.open > 0 && !health.hasVendor)
        conditions.append({ QStringLiteral("payment.no_vendor"),
                            QStringLiteral("%L1 payments wait: no payment vendor is configured.")
                                .arg(health.transfers.open) });
    else if (health.transfers.stuck > 0)
        conditions.append({ QStringLiteral("payment.stuck"),
                            QStringLiteral("%L1 payments are undecided for long. The vendor: %2")
                                .arg(health.transfers.stuck)
                                .arg(health.transfers.trouble.value_or(QStringLiteral("still at it"))) });
    if (!health.keyTrouble.isEmpty())
        conditions.append({ QStringLiteral("payment.no_keys"), health.keyTrouble });
    return conditions;
}

QList<AlarmBoard::Condition> auditConditions(const VendorAudit::Health &health)
{
    QList<AlarmBoard::Condition> conditions;
    if (health.differences > 0)
        conditions.append(
            { QStringLiteral("billing.vendor_differs"),
              QStringLiteral("%L1 payments are not in the books as on the payment vendor's list.")
                  .arg(health.differences) }
        );
    if (health.isLate)
        conditions.append(
            { QStringLiteral("billing.vendor_unaudited"),
              QStringLiteral("The books were not compared with the payment vendor's list for long: %1")
                  .arg(health.trouble) }
        );
    return conditions;
}

// `what` is sent, by whatever carries `channel`.
QList<AlarmBoard::Condition>
messageConditions(const QString &channel, const QString &what, const MessageSender::Health &health)
{
    QList<AlarmBoard::Condition> conditions;
    if (health.isStalled)
        conditions.append({ QStringLiteral("notification.%1_stalled").arg(channel),
                            QStringLiteral("%L1 %2 wait for a vendor: %3")
                                .arg(health.backlog.due)
                                .arg(what, health.trouble) });
    else if (!health.missed.isEmpty())
        conditions.append(
            { QStringLiteral("notification.%1_vendor").arg(channel),
              QStringLiteral("%1 carries no %2.").arg(health.missed.join(QStringLiteral(", ")), what) }
        );
    return conditions;
}

GatewayService::Options gatewayOptions(const Config &config)
{
    return { config.passwordMemoryMib, config.defaultRegion };
}

} // namespace

// What needs the database; made once that is there.
struct Composition::Parts
{
    struct VendorOptions
    {
        PaymentService::Options payment;
        std::optional<SmtpVendor::Options> mail;
        SmsOptions sms;
    };

    // Sessions, tokens and throttles live in real time, for they are about the people at the keyboard; all
    // else goes by the installation's own.
    Parts(
        const Config &config,
        const Clock &real,
        const Clock &clock,
        const QString &url,
        const VendorOptions &vendors
    )
        : database({ url, config.databaseWorkers })
        , bus(database, busOptions(url))
        , timers(database, clock)
        , gateway(database, real, gatewayOptions(config))
        , payments(database, { real, clock }, vendors.payment)
        , catalog(database, clock)
        , hasBills(vendors.payment.vendor.has_value())
        , subscriptions(
              database,
              catalog,
              clock,
              { hasBills, [this](api::AccountId customer) { return zoneOf(customer); } }
          )
        , devices(catalog, clock)
        , vendorAudit(
              database,
              real,
              [this](VendorList what, Instant from, Instant until) {
                  return payments.vendorList(what, from, until);
              }
          )
        , billing(
              clock, [this](api::AccountId customer) { return payerOf(customer); }, config.billIssuer
          )
        , taxes(clock)
        , planPreview(
              catalog,
              clock,
              [this](api::PlanId plan) { return subscriptions.renewals(plan); },
              [this](const ZipCode &zip) { return gateway.localities().resolve(zip).timeZone; }
          )
        , experts(database, gateway, clock)
        , customers(gateway, experts)
        , tickets({ catalog, gateway.localities(), experts, clock })
        , matching(database, tickets, clock)
        , knowledge(
              clock,
              [this](const Caller &by, api::TicketId id) {
                  return database.transact("squad_ticket", [&](Session &session) {
                      return tickets.fetch(session, by, id);
                  });
              }
          )
        , surveys(clock, { [this](const QString &slug) {
                      const auto products = catalog.current();
                      return products && products->hasCategory(slug);
                  } })
        , notification(clock, messageNeighbours(), messageChannels(vendors))
        , templates(clock)
        , push(database, pushOptions(url))
        , accounting(
              { database, tickets, matching, timers, clock },
              bus,
              [this](const QList<FeedRow> &rows) { push.deliver(rows); },
              accountingOptions(config)
          )
    {
        const MessageSender::Clocks clocks { real, clock };
        receipts = vendors.sms.receipts;
        if (vendors.mail) {
            mailVendors = poolOf(std::make_unique<SmtpVendor>(*vendors.mail));
            mails = std::make_unique<MessageSender>(
                database, *mailVendors, api::MessageChannel::email, clocks, MessageSender::Options {}
            );
        }
        smsVendors = vendors.sms.pool();
        if (smsVendors) {
            // Whoever dies with several in hand cannot tell which of them were sent, and a vendor that has to
            // be asked again holds up those behind.
            MessageSender::Options oneByOne;
            oneByOne.batch = 1;
            texts = std::make_unique<MessageSender>(
                database, *smsVendors, api::MessageChannel::sms, clocks, oneByOne
            );
        }
    }

    static PostgresBus::Options busOptions(const QString &url)
    {
        PostgresBus::Options options;
        options.url = url;
        // The accounts are a second behind, and take their share of the machine in large pieces.
        options.policy.patience.insert(QLatin1String(BookKeeper::group), 1s);
        return options;
    }

    // The consumers that every node runs; timers fire on a thread that is none of them.
    AccountingService::Options accountingOptions(const Config &config)
    {
        AccountingService::Options options;
        options.node = QSysInfo::machineHostName();
        if (config.databaseUrl) // which others may share
            options.node += QStringLiteral(":%1").arg(config.port);
        for (const char *group : { "user",
                                   "ticket",
                                   "matching",
                                   "push",
                                   "timer",
                                   "payment",
                                   "catalog",
                                   "survey",
                                   "notification",
                                   BookKeeper::group })
            options.groups.append(QLatin1String(group));
        if (hasBills)
            options.groups.append(QStringLiteral("billing"));
        options.alsoWatch = [this] {
            QList<AlarmBoard::Condition> conditions;
            const TimerHealth health = timers.lastHealth();
            if (health.stalled)
                conditions.append(
                    { QStringLiteral("timer.stalled"),
                      QStringLiteral("Timers stand still: %L1 are due and nothing fires.").arg(health.due) }
                );
            conditions += paymentConditions(payments.lastHealth());
            if (mails)
                conditions += messageConditions(
                    QStringLiteral("mail"), QStringLiteral("mails"), mails->lastHealth()
                );
            if (texts)
                conditions += messageConditions(
                    QStringLiteral("sms"), QStringLiteral("short messages"), texts->lastHealth()
                );
            if (hasBills)
                conditions += auditConditions(vendorAudit.lastHealth());
            return conditions;
        };
        return options;
    }

    // Who has registered a moment ago may have no profile yet.
    Result<api::Account> profileOf(api::AccountId customer)
    {
        return database.transact("squad_users", [&](Session &session) {
            return customers.fetch(session, customer);
        });
    }

    Result<api::Account> profileOfStaff(api::AccountId id)
    {
        api::Account account = TRY(gateway.account(id));
        if (account.role == api::Role::expert) {
            if (const Result<api::Expert> expert = experts.find(id))
                account.phone = expert->phone;
        }
        return account;
    }

    static std::unique_ptr<VendorPool> poolOf(std::unique_ptr<MessageVendor> vendor)
    {
        std::vector<VendorPool::Member> members(1);
        members.front().vendor = std::move(vendor);
        return std::make_unique<VendorPool>(std::move(members), VendorPool::Options {});
    }

    static QSet<api::MessageChannel> messageChannels(const VendorOptions &vendors)
    {
        QSet<api::MessageChannel> channels;
        if (vendors.mail)
            channels.insert(api::MessageChannel::email);
        if (vendors.sms.twilio || vendors.sms.vonage)
            channels.insert(api::MessageChannel::sms);
        return channels;
    }

    NotificationService::Neighbours messageNeighbours()
    {
        return {
            [this](api::AccountId id) {
                const Result<api::Account> profile = profileOf(id);
                return profile ? profile : profileOfStaff(id);
            },
            [this](const ZipCode &zip) { return gateway.localities().resolve(zip).timeZone; },
            [this](const Caller &by, api::TicketId id) -> Result<void> {
                TRY(database.transact("squad_ticket", [&](Session &session) {
                    return tickets.summary(session, by, id);
                }));
                return {};
            },
            [this](api::SurveyId id, Instant expiresAt) -> Result<QUrl> {
                const auto token
                    = [&](Session &session) { return SurveyService::token(session, id, expiresAt); };
                return survey_link::address(server, TRY(database.transact(survey_store::role, token)));
            },
            [this] {
                for (MessageSender *sender : { mails.get(), texts.get() }) {
                    if (sender)
                        sender->wake();
                }
            },
        };
    }

    // The days on which somebody pays are those of the place they live in.
    Result<QString> zoneOf(api::AccountId customer)
    {
        const Result<api::Account> profile = profileOf(customer);
        if (!profile && profile.error().kind != ProblemKind::notFound)
            return fail(profile.error());
        if (!profile || !profile->address)
            return QStringLiteral("UTC");
        return gateway.localities().resolve(profile->address->zip).timeZone;
    }

    // A bill waits until it is known where the customer lives: it cannot be changed.
    Result<Payer> payerOf(api::AccountId customer)
    {
        const Result<api::Account> profile = profileOf(customer);
        if (!profile && profile.error().kind == ProblemKind::notFound)
            return fail(Problem::unavailable(QStringLiteral("The customer's profile is not there yet.")));
        if (!profile)
            return fail(profile.error());
        Payer payer { profile->name.toString(), {}, {}, QStringLiteral("UTC") };
        if (const auto &address = profile->address) {
            payer.address = { address->line1.toString() };
            if (address->line2 && !address->line2->toString().isEmpty())
                payer.address.append(address->line2->toString());
            payer.address.append(
                QStringLiteral("%1, %2 %3")
                    .arg(address->city.toString(), address->state.toString(), address->zip.toString())
            );
            payer.usState = address->state.toString();
            payer.zone = gateway.localities().resolve(address->zip).timeZone;
        }
        return payer;
    }

    PushHub::Options pushOptions(const QString &url)
    {
        PushHub::Options options;
        options.url = url;
        options.isEnded = [this](const Caller &caller) { return gateway.isEnded(caller.session); };
        return options;
    }

    Database database;
    PostgresBus bus;
    TimerService timers;
    GatewayService gateway;
    PaymentService payments;
    CatalogService catalog;
    bool hasBills; // without a payment vendor nobody is billed: there would be no way to pay
    SubscriptionService subscriptions;
    DeviceService devices;
    VendorAudit vendorAudit;
    std::atomic<bool> isAuditing = false;
    BillingService billing;
    TaxService taxes;
    PlanPreview planPreview;
    ExpertService experts;
    CustomerService customers;
    TicketService tickets;
    MatchingService matching;
    KnowledgeService knowledge;
    SurveyService surveys;
    QUrl server; // as customers reach us; known before anything is told to anybody
    NotificationService notification;
    TemplateService templates;
    std::unique_ptr<VendorPool> mailVendors; // none where no mail is sent
    std::unique_ptr<MessageSender> mails;
    std::unique_ptr<VendorPool> smsVendors; // none where no short message is sent
    std::unique_ptr<MessageSender> texts;
    ReceiptDoor receipts;
    PushHub push;
    AccountingService accounting;
    Metrics metrics;
    Router router;
    AccessLog accessLog { ::dup(STDERR_FILENO) };
    std::atomic<bool> isReady = false; // the database answered at the last look
    std::atomic<bool> isStopping = false;
    std::unique_ptr<HttpServer> http;
};

const Clock &Composition::systemClock()
{
    static const SystemClock clock;
    return clock;
}

Composition::Composition(const Config &config)
    : m_config(config)
{
}

Composition::~Composition()
{
    stop();
}

Result<std::unique_ptr<Composition>> Composition::create(const Config &config, const Clock &clock)
{
    std::unique_ptr<Composition> composition(new Composition(config));
    const QString url = TRY(composition->openDatabase());
    composition->m_warp = TRY(TimeWarp::open(url, config.timeWarp, clock));
    const Clock &time = composition->m_warp ? composition->m_warp->clock() : clock;
    const Parts::VendorOptions vendors { TRY(paymentOptions(config)),
                                         TRY(mailOptions(config)),
                                         TRY(smsOptions(config)) };
    composition->m_parts = std::make_unique<Parts>(config, clock, time, url, vendors);
    TRY(composition->m_parts->gateway.load());
    composition->m_parts->payments.load();
    TRY(composition->m_parts->catalog.refresh());
    return composition;
}

Result<QString> Composition::openDatabase()
{
    Migrator::Logins logins { m_config.databaseUrl.value_or(QString()), {} };
    QString url = logins.ownerUrl;
    if (!m_config.databaseUrl) {
        m_cluster = TRY(ManagedCluster::start({ m_config.dataDir, connectionsFor(m_config) }));
        connect(m_cluster.get(), &ManagedCluster::gaveUp, this, &Composition::fatal);
        url = m_cluster->url();
        logins = { m_cluster->ownerUrl(), ManagedCluster::serverRole() };
    }
    TRY(Migrator(logins, embeddedMigrations()).migrate());
    return url;
}

Result<QString> Composition::seed()
{
    Parts &parts = *m_parts;
    Seed::Options options;
    options.zipTable = m_config.zipTable;
    options.demoExperts = m_config.demo ? m_config.demoExperts : 0;
    options.demoPassword = m_config.demoPassword;
    const QString done
        = TRY(Seed(parts.gateway, parts.catalog, parts.subscriptions, parts.experts).run(options));
    const QList<CalendarRow> calendars = seed_data::calendars();
    const int added = TRY(parts.database.transact("squad_ticket", [&](Session &session) {
        return parts.tickets.addCalendars(session, calendars);
    }));
    const QString places
        = done + QStringLiteral("\n%1 working calendars, %2 of them new").arg(calendars.size()).arg(added);
    if (!m_config.demo)
        return places;
    const QList<GivenArticle> articles = seed_articles::all();
    const int written = TRY(parts.database.transact("squad_knowledge", [&](Session &session) {
        return parts.knowledge.add(session, articles);
    }));
    return places + QStringLiteral("\n%1 articles, %2 of them new").arg(articles.size()).arg(written);
}

void Composition::addRoutes()
{
    Parts &parts = *m_parts;
    parts.router.setAuthenticator([&parts](QByteArrayView token) { return parts.gateway.authenticate(token); }
    );
    Routes gateway(parts.router, parts.database, "squad_gateway");
    addGatewayRoutes(gateway, parts.gateway);
    Routes users(parts.router, parts.database, "squad_users");
    addUserRoutes(users, parts.experts, parts.customers);
    Routes payments(parts.router, parts.database, "squad_payment");
    addPaymentRoutes(payments, parts.router, parts.payments);
    Routes catalog(parts.router, parts.database, "squad_catalog");
    addCatalogRoutes(catalog, parts.catalog, parts.subscriptions, parts.devices);
    Routes bills(parts.router, parts.database, "squad_billing");
    addBillingRoutes(bills, parts.billing, parts.vendorAudit);
    addPlanPreviewRoutes(bills, parts.planPreview);
    addTaxRoutes(bills, parts.taxes);
    addStandingRoutes(
        bills,
        parts.billing,
        [&parts](const Caller &by, api::TicketId id) -> Result<api::AccountId> {
            const auto look = [&](Session &session) { return parts.tickets.summary(session, by, id); };
            return TRY(parts.database.transact("squad_ticket", look)).customerId;
        }
    );
    Routes tickets(parts.router, parts.database, "squad_ticket");
    addTicketRoutes(tickets, parts.tickets);
    Routes matching(parts.router, parts.database, "squad_matching");
    addMatchingRoutes(matching, parts.matching);
    Routes knowledge(parts.router, parts.database, "squad_knowledge");
    addKnowledgeRoutes(knowledge, parts.knowledge);
    Routes surveys(parts.router, parts.database, survey_store::role);
    addSurveyRoutes(surveys, parts.surveys);
    Routes messages(parts.router, parts.database, "squad_notification");
    addNotificationRoutes(messages, parts.notification);
    addTemplateRoutes(messages, parts.templates);
    addReceiptRoutes(parts.router, parts.database, parts.notification, parts.receipts);
    Routes accounting(parts.router, parts.database, "squad_accounting");
    addAccountingRoutes(accounting, parts.accounting);
    addAccountingMetrics(parts.metrics, parts.accounting);
    addPushRoutes(parts.router, parts.push);
    addPortalRoutes(parts.router);
    addNodeRoutes();
}

void Composition::addNodeRoutes()
{
    Parts &parts = *m_parts;
    parts.router.get(QStringLiteral("/healthz"), [](const Request &) { return Response::text("alive\n"); });
    parts.router.get(QStringLiteral("/readyz"), [&parts](const Request &) {
        if (parts.isStopping)
            return Response::text("draining\n", 503);
        // Work that stands still in the background is no reason to turn new tickets away.
        return parts.isReady ? Response::text(readiness(parts.accounting))
                             : Response::text("the database does not answer\n", 503);
    });
    parts.router.get(QStringLiteral("/metrics"), [&parts](const Request &) {
        return Response::text(parts.metrics.text());
    });
    parts.router.get(
        QStringLiteral("/api/v1/openapi.json"),
        [document = parts.router.openApi()](const Request &) { return Response::json(document); }
    );
}

void Composition::addTimerMetrics()
{
    Parts &parts = *m_parts;
    const auto gauge = [&parts](const char *name, const char *help, double (*read)(const TimerHealth &)) {
        parts.metrics.gauge(name, help, [&parts, read] { return read(parts.timers.lastHealth()); });
    };
    gauge("squad_timers_pending", "Timers that are set", [](const TimerHealth &health) {
        return double(health.pending);
    });
    gauge("squad_timers_due", "Timers that are due and have not fired", [](const TimerHealth &health) {
        return double(health.due);
    });
    gauge(
        "squad_timers_overdue_seconds",
        "For how long the oldest of these has been due",
        [](const TimerHealth &health) { return double(health.overdueMs) / 1000; }
    );
    gauge(
        "squad_timers_fired",
        "Timers that this node has fired since it started",
        [](const TimerHealth &health) { return double(health.fired); }
    );
    gauge(
        "squad_timers_lateness_seconds",
        "How late the last timers were that this node fired",
        [](const TimerHealth &health) { return double(health.latenessMs) / 1000; }
    );
    gauge(
        "squad_timers_last_fired_timestamp_seconds",
        "When this node fired last, by the server's clock; 0 for never",
        [](const TimerHealth &health) {
            return health.lastFiredAt ? double(health.lastFiredAt->time_since_epoch().count()) / 1000 : 0;
        }
    );
    gauge("squad_timers_stalled", "1 when timers are due and nothing fires", [](const TimerHealth &health) {
        return health.stalled || !health.running ? 1.0 : 0.0;
    });
}

void Composition::addBillingMetrics()
{
    Parts &parts = *m_parts;
    if (!parts.hasBills)
        return;
    parts.metrics.gauge(
        "squad_billing_vendor_differences",
        "Payments that are not in the books as on the payment vendor's list",
        [&parts] { return double(parts.vendorAudit.lastHealth().differences); }
    );
    parts.metrics.gauge(
        "squad_billing_vendor_compared_timestamp_seconds",
        "When books and list were last compared; 0 for never",
        [&parts] {
            const auto at = parts.vendorAudit.lastHealth().comparedAt;
            return at ? double(at->time_since_epoch().count()) / 1000 : 0;
        }
    );
}

void Composition::subscribe()
{
    Parts &parts = *m_parts;
    parts.gateway.watch(parts.bus);
    parts.catalog.watch(parts.bus);
    // A sign-in that was ended here or on another node loses its live line at once.
    parts.bus.watch(toQString(SessionEnded::type), [&parts] { parts.push.dismissEnded(); });
    parts.timers.watch(parts.bus);
    parts.bus.subscribe(parts.timers.consumer());
    parts.bus.subscribe(parts.payments.consumer());
    parts.bus.subscribe(parts.subscriptions.consumer());
    if (parts.hasBills)
        parts.bus.subscribe(parts.billing.consumer());
    parts.bus.subscribe(userConsumer(parts.customers));
    parts.bus.subscribe(ticketConsumer(parts.tickets));
    parts.bus.subscribe(parts.matching.consumer());
    parts.bus.subscribe(parts.surveys.consumer());
    parts.bus.subscribe(parts.notification.consumer());
    parts.bus.subscribe(pushFeed(parts.push));
    parts.bus.subscribe(parts.accounting.consumer());
}

Result<QUrl> Composition::start()
{
    Parts &parts = *m_parts;
    if (m_config.demo)
        TRY(seed());
    addRoutes();
    addTimerMetrics();
    addBillingMetrics();
    subscribe();

    HttpServer::Options options;
    options.address = m_config.host;
    options.port = m_config.port;
    options.ioThreads = m_config.ioThreads;
    options.limits.bodyBytes = m_config.maxBodyBytes;
    options.limits.connections = m_config.maxConnections;
    options.limits.connectionsPerAddress = m_config.maxConnectionsPerAddress;
    options.certificateFile = m_config.tlsCertificate.value_or(QString());
    options.keyFile = m_config.tlsKey.value_or(QString());
    options.log = m_config.logLevel == QLatin1String("debug") || m_config.logLevel == QLatin1String("info")
        ? &parts.accessLog
        : nullptr;
    parts.http = std::make_unique<HttpServer>(options, parts.router, parts.metrics);
    TRY(parts.http->listen());
    QUrl url;
    url.setScheme(m_config.tlsCertificate ? QStringLiteral("https") : QStringLiteral("http"));
    url.setHost(m_config.host.toString());
    url.setPort(parts.http->port());
    parts.server = m_config.publicUrl.value_or(url);
    parts.push.start();
    parts.bus.start();
    parts.accounting.start();
    parts.timers.start();
    parts.payments.start();
    for (MessageSender *sender : { parts.mails.get(), parts.texts.get() }) {
        if (sender)
            sender->start();
    }
    parts.isReady = true;

    connect(&m_housekeeping, &QTimer::timeout, this, &Composition::keepHouse);
    m_housekeeping.start(housekeepingInterval);
    // At once as well: what became due while nobody was there must not wait for a server that lives long
    // enough.
    keepHouse();
    return url;
}

void Composition::keepHouse()
{
    Parts &parts = *m_parts;
    // On a worker: it asks the database. When the queue is full there is more urgent work, and the next look
    // is near.
    const bool queued = parts.database.post([&parts] {
        const Result<void> looked = parts.gateway.refresh();
        parts.isReady = looked.has_value();
        if (!looked)
            return qWarning("the database does not answer: %s", qPrintable(looked.error().detail));
        for (const Result<void> &done : { parts.timers.health().map([](const TimerHealth &) {}),
                                          parts.catalog.refresh(),
                                          parts.payments.keepHouse(),
                                          parts.matching.remindOfShifts(),
                                          idempotency::expireAll(parts.database, "squad_gateway") }) {
            if (!done)
                qWarning("housekeeping: %s", qPrintable(done.error().detail));
        }
    });
    if (!queued)
        qWarning("housekeeping is put off: the database workers are all busy");
    keepBooks();
}

void Composition::keepBooks()
{
    Parts &parts = *m_parts;
    if (!parts.hasBills || parts.isAuditing.exchange(true))
        return;
    const bool isPosted = parts.payments.threads().post([&parts] {
        const Result<void> done = parts.vendorAudit.keepHouse();
        if (!done)
            qWarning(
                "the books are not compared with the vendor's list: %s", qPrintable(done.error().detail)
            );
        parts.isAuditing = false;
    });
    if (!isPosted)
        parts.isAuditing = false;
}

void Composition::stop()
{
    if (!m_parts || !m_parts->http)
        return;
    m_housekeeping.stop();
    m_parts->isStopping = true; // asked by I/O threads, which outlive m_parts->http for a moment
    m_parts->http->drain(drainTime);
    m_parts->accounting.stop(); // before what it would find standing still
    m_parts->payments.stop();
    for (MessageSender *sender : { m_parts->mails.get(), m_parts->texts.get() }) {
        if (sender)
            sender->stop();
    }
    m_parts->timers.stop();
    m_parts->bus.stop();
    m_parts->push.stop();
    m_parts->http.reset();
}
