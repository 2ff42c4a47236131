#include "tests/support/installation.h"

#include <QFile>

using namespace Qt::StringLiterals;

namespace {

const Secret password { "squad-demo-2026" };

template <class T>
T typed(const QString &text)
{
    return *T::parse(text);
}

template <class T>
T orEnd(const char *what, Result<T> result)
{
    if (!result) {
        QString why = result.error().detail;
        for (const FieldError &field : result.error().fields)
            why += u' ' + field.pointer + u' ' + field.detail;
        qFatal("%s: %s", what, qPrintable(why));
    }
    return *std::move(result);
}

QStringList serverOptions(const QString &dataDir, const QStringList &options)
{
    return QStringList { u"--demo"_s, u"--demo-experts"_s, u"5"_s,       u"--password-memory-mib"_s,
                         u"8"_s,      u"--log-level"_s,    u"warning"_s, u"--max-connections-per-address"_s,
                         u"5000"_s,   u"--data-dir"_s,     dataDir }
    + options;
}

} // namespace

Installation::Installation(const QStringList &options, quint16 port)
    : m_server(serverOptions(m_dir.path(), options), port)
{
    if (!m_server.start())
        qFatal("The server does not start: %s", m_server.output().constData());
    m_admin = signIn(u"admin@demo.squad.example"_s);
    m_manager = signIn(u"manager@demo.squad.example"_s);
    m_plans = orEnd("plans", client(m_admin).call<api::catalog::Plans>()).items;
    // Only those whom the test hires work here.
    for (int i = 1; i <= 5; ++i) {
        const Person expert = signIn(u"expert%1@demo.squad.example"_s.arg(i));
        orEnd(
            "go off duty",
            client(expert).call<api::expert::SetAvailability>({}, { api::Availability::offDuty })
        );
    }
}

qint64 Installation::postmaster() const
{
    QFile file(m_dir.filePath(u"postgres/postmaster.pid"_s));
    return file.open(QIODevice::ReadOnly) ? file.readLine().trimmed().toLongLong() : 0;
}

QString Installation::databaseUrl(const QString &user) const
{
    QFile file(m_dir.filePath(u"postgres/postmaster.pid"_s));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("The database is not running.");
    const QString sockets = QString::fromUtf8(file.readAll().split('\n').value(4));
    return u"host=%1 port=5432 user=%2 dbname=squad"_s.arg(sockets, user);
}

Installation::Person Installation::signIn(const QString &email)
{
    BlockingClient client(m_server.url());
    const api::Credentials credentials { typed<Email>(email), ::password, {} };
    QDeadlineTimer deadline(patience);
    Result<api::SignedIn> answer = client.call<api::auth::Login>({}, credentials);
    while (!answer && answer.error().kind == ProblemKind::tooMany && !deadline.hasExpired()) {
        QThread::msleep(100);
        answer = client.call<api::auth::Login>({}, credentials);
    }
    const api::SignedIn signedIn = orEnd("sign in", std::move(answer));
    return { signedIn.account.id,
             signedIn.account.name.toString(),
             signedIn.accessToken.reveal().toByteArray(),
             signedIn.account.email.toString() };
}

QString Installation::password()
{
    return QString::fromUtf8(::password.reveal());
}

Installation::Person Installation::registered()
{
    BlockingClient client(m_server.url());
    const api::Registration registration {
        .email = typed<Email>(makeUuid7().toString(QUuid::WithoutBraces) + u"@customers.example"_s),
        .password = ::password,
        .name = typed<api::Name>(u"Ada Customer"_s),
        .phone = typed<Phone>(u"212-555-0100"_s),
        .address = draft({}, {}).address,
    };
    const api::SignedIn signedIn = orEnd("register", client.call<api::auth::Register>({}, registration));
    return { signedIn.account.id,
             signedIn.account.name.toString(),
             signedIn.accessToken.reveal().toByteArray(),
             signedIn.account.email.toString() };
}

Installation::Person Installation::customer()
{
    Person person = registered();
    const auto widest
        = std::ranges::max_element(m_plans, {}, [](const api::Plan &plan) { return plan.categories.size(); });
    orEnd("subscribe", client(person).call<api::catalog::Subscribe>({}, { widest->id }));
    return person;
}

api::Product Installation::product() const
{
    return productBut({});
}

api::Product Installation::productBut(const QString &skill) const
{
    api::ProductQuery query;
    query.limit = api::PageLimit { 200 };
    const auto page = orEnd("products", client(m_admin).call<api::catalog::Products>(query));
    const auto product
        = std::ranges::find_if(page.items, [&](const api::Product &each) { return each.skill != skill; });
    if (product == page.items.end())
        qFatal("Every product takes the skill %s.", qPrintable(skill));
    return *product;
}

QList<Installation::Person> Installation::hire(int count, const api::Product &product)
{
    QList<api::Shift> aroundTheClock;
    for (int day = 1; day <= 7; ++day)
        aroundTheClock.append(api::Shift { { day }, { 0 }, { 1440 } });
    BlockingClient office = client(m_admin);
    QList<Person> experts;
    for (int i = 0; i < count; ++i) {
        const QString email = makeUuid7().toString(QUuid::WithoutBraces) + u"@experts.example"_s;
        const api::NewExpert expert {
            .email = typed<Email>(email),
            .password = ::password,
            .name = typed<api::Name>(u"Expert %1"_s.arg(i + 1)),
            .phone = typed<Phone>(u"212-555-0199"_s),
            .skills = { { typed<api::Slug>(product.skill), { 5 } } },
            .areas = { typed<Text<3, 5>>(u"100"_s) },
            .timeZone = typed<Text<1, 60>>(u"America/New_York"_s),
            .shifts = aroundTheClock,
            .position = Position { 40.75, -73.99 },
        };
        orEnd("hire", office.call<api::expert::Create>({}, expert));
        experts.append(signIn(email));
        orEnd(
            "go on duty",
            client(experts.last()).call<api::expert::SetAvailability>({}, { api::Availability::available })
        );
    }
    return experts;
}

BlockingClient Installation::client(const Person &person) const
{
    BlockingClient client(m_server.url());
    client.signIn(person.token);
    return client;
}

api::NewTicket Installation::draft(const api::Product &product, const QString &subject)
{
    return {
        .productId = product.id,
        .subject = typed<Text<1, 200>>(subject.isEmpty() ? u"It is broken"_s : subject),
        .description = typed<Text<0, 4000>>(u"It does not switch on any more."_s),
        .serialNumber = {},
        .contactName = typed<api::Name>(u"Ada Customer"_s),
        .contactPhone = typed<Phone>(u"212-555-0100"_s),
        .address = { .line1 = typed<Text<1, 200>>(u"1 Main Street"_s),
                     .line2 = {},
                     .city = typed<Text<1, 100>>(u"New York"_s),
                     .state = typed<Text<2, 2>>(u"NY"_s),
                     .zip = typed<ZipCode>(u"10001"_s) },
        .customerId = {},
    };
}

QByteArray Installation::makeKey()
{
    return makeUuid7().toByteArray(QUuid::WithoutBraces);
}
