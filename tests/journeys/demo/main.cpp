#include "shared/api/device.h"
#include "tests/doubles/message_vendor/message_vendor_process.h"
#include "tests/doubles/payment_vendor/vendor_process.h"
#include "tests/journeys/demo/replay.h"
#include "tests/journeys/demo/ticket_story.h"
#include "tests/support/blocking_client.h"
#include "tests/support/server_process.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFileInfo>
#include <QSocketNotifier>

#include <csignal>
#include <cstdio>
#include <sys/signalfd.h>

namespace {

// Known to everybody on purpose: the demo's data directory holds invented people only.
const QString demoPassword = QStringLiteral("squad-demo-2026");

struct Choice
{
    QString replayFile;
    double speed = 60;
    qsizetype limit = 500;
    quint16 port = 8080;
    int experts = 300;
    QString dataDir;
};

void say(const QString &line)
{
    std::puts(qPrintable(line));
    std::fflush(stdout);
}

std::optional<Choice> choose(const QCoreApplication &application)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Runs the whole suite with invented people and live data."
    ));
    parser.addHelpOption();
    const QCommandLineOption replay(
        QStringLiteral("replay"),
        QStringLiteral("Feed the requests of a CSV file through the public API."),
        QStringLiteral("FILE")
    );
    const QCommandLineOption speed(
        QStringLiteral("speed"),
        QStringLiteral("With --replay: how many times faster than life."),
        QStringLiteral("N"),
        QStringLiteral("60")
    );
    const QCommandLineOption limit(
        QStringLiteral("limit"),
        QStringLiteral("With --replay: rows of the file, 0 for all."),
        QStringLiteral("N"),
        QStringLiteral("500")
    );
    const QCommandLineOption port(
        QStringLiteral("port"),
        QStringLiteral("Where the portal listens on 127.0.0.1."),
        QStringLiteral("N"),
        QStringLiteral("8080")
    );
    const QCommandLineOption experts(
        QStringLiteral("experts"),
        QStringLiteral("How many experts are invented."),
        QStringLiteral("N"),
        QStringLiteral("300")
    );
    const QCommandLineOption dataDir(
        QStringLiteral("data-dir"),
        QStringLiteral("Where the demo keeps its data; delete it to start afresh."),
        QStringLiteral("DIR"),
        QStringLiteral(".squad/demo")
    );
    parser.addOptions({ replay, speed, limit, port, experts, dataDir });
    parser.process(application);
    const Choice choice { parser.value(replay),
                          parser.value(speed).toDouble(),
                          parser.value(limit).toLongLong(),
                          parser.value(port).toUShort(),
                          parser.value(experts).toInt(),
                          QDir(parser.value(dataDir)).absolutePath() };
    if (choice.speed <= 0 || choice.speed > 1000) {
        say(QStringLiteral("--speed must be more than 0 and at most 1000"));
        return std::nullopt;
    }
    return choice;
}

bool hasDisplay()
{
    return !qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
}

void greet(const QUrl &portal, const QUrl &messages)
{
    say(QStringLiteral(
            "\nSysops Squad is running.\n\n  portal    %1\n\n  customer  customer@demo.squad.example\n"
            "  expert    expert1@demo.squad.example … expert5@demo.squad.example\n"
            "  manager   manager@demo.squad.example\n  admin     admin@demo.squad.example\n"
            "  password  %2   (all of them)\n"
            "  card      4242 4242 4242 4242, any expiry to come; no money is moved\n"
            "  messages  %3   (mail and short messages that were sent)\n"
    )
            .arg(portal.toString(), demoPassword, messages.toString()));
}

void openApps(const QDir &programs, const QUrl &server)
{
    const std::pair<const char *, const char *> apps[] = {
        { "expert", "expert1@demo.squad.example" },
        { "manager", "manager@demo.squad.example" },
        { "admin", "admin@demo.squad.example" },
    };
    for (const auto &[name, email] : apps) {
        auto *app = new QProcess(QCoreApplication::instance());
        app->setProcessChannelMode(QProcess::ForwardedChannels);
        app->start(
            programs.filePath(QStringLiteral("%1-client/sysops-%1").arg(QLatin1String(name))),
            { QStringLiteral("--server"),
              server.toString(),
              QStringLiteral("--email"),
              QLatin1String(email),
              QStringLiteral("--password-stdin") }
        );
        app->write(demoPassword.toUtf8() + '\n');
        app->closeWriteChannel();
    }
}

// The demo's customer pays with the sandbox's card, or the first thing that everybody sees is an overdue
// bill, and has a device registered. Only once: who removes it in the portal has removed it.
void equip(const QUrl &server)
{
    BlockingClient client(server);
    const api::Credentials credentials { *Email::parse(QStringLiteral("customer@demo.squad.example")),
                                         Secret(demoPassword.toUtf8()),
                                         {} };
    const Result<api::SignedIn> customer = client.call<api::auth::Login>({}, credentials);
    if (!customer)
        return say(QStringLiteral("The customer has neither card nor device: ") + customer.error().detail);
    client.signIn(customer->accessToken.reveal().toByteArray());
    const auto card = client.send(
        "POST",
        QStringLiteral("/api/v1/cards"),
        R"({"number": "4242 4242 4242 4242", "expMonth": 12, "expYear": 2040})"
    );
    if (card.status != 201)
        say(QStringLiteral("The customer has no card: ") + QString::fromUtf8(card.body));

    api::ProductQuery televisions;
    televisions.q = *Text<0, 100>::parse(QStringLiteral("TV"));
    const auto products = client.call<api::catalog::Products>(televisions);
    if (!products || products->items.isEmpty())
        return say(QStringLiteral("The customer has no device: there is no TV"));
    const api::NewDevice device { products->items.first().id,
                                  *Text<1, 60>::parse(QStringLiteral("PE-2026-004711")),
                                  *Text<0, 80>::parse(QStringLiteral("Living room TV")),
                                  {} };
    if (const auto registered = client.call<api::device::Register>({}, device); !registered)
        say(QStringLiteral("The customer has no device: ") + registered.error().detail);
}

int interruptions()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

} // namespace

int main(int argc, char *argv[])
{
    qputenv("QT_NO_GLIB", "1");
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("squad-demo"));
    const std::optional<Choice> choice = choose(application);
    if (!choice)
        return 2;
    const int descriptor = interruptions();

    const bool isFirst = !QFileInfo::exists(choice->dataDir);
    QDir().mkpath(choice->dataDir);
    say(QStringLiteral("Starting the server; the first time it makes its database and invents %1 experts …")
            .arg(choice->experts));
    VendorProcess vendor({ choice->dataDir + QStringLiteral("-payment-vendor"), 0 });
    vendor.behave({ { QStringLiteral("latencyMs"), 150 } });
    const MessageVendorProcess messages;
    // Where the vendors' receipts are heard, unless any free port is taken.
    const QStringList receipts = choice->port == 0
        ? QStringList()
        : QStringList { QStringLiteral("--public-url"),
                        QStringLiteral("http://127.0.0.1:%1").arg(choice->port) };
    ServerProcess server(
        QStringList { QStringLiteral("--data-dir"),
                      choice->dataDir,
                      QStringLiteral("--demo"),
                      QStringLiteral("--demo-experts"),
                      QString::number(choice->experts),
                      QStringLiteral("--password-memory-mib"),
                      QStringLiteral("8"),
                      // The replay's people all come from one address.
                      QStringLiteral("--max-connections-per-address"),
                      QStringLiteral("20000"),
                      QStringLiteral("--log-level"),
                      QStringLiteral("warning") }
            + vendor.serverOptions() + messages.serverOptions() + receipts,
        choice->port
    );
    if (!server.start()) {
        say(QString::fromUtf8(server.output()));
        return 1;
    }
    vendor.sendWebhooksTo(server.url());
    if (isFirst)
        equip(server.url());
    greet(server.url(), messages.page());

    QSocketNotifier notifier(descriptor, QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &application, &QCoreApplication::quit);

    const QDir programs(QStringLiteral(SQUAD_PROGRAMS));
    std::unique_ptr<QObject> play;
    if (!choice->replayFile.isEmpty()) {
        auto replay = std::make_unique<Replay>(Replay::Options {
            server.url(), choice->replayFile, choice->speed, choice->limit, 24, demoPassword });
        QObject::connect(
            replay.get(), &Replay::finished, &application, &QCoreApplication::exit, Qt::QueuedConnection
        );
        replay->start();
        play = std::move(replay);
    } else if (hasDisplay()) {
        openApps(programs, server.url());
        say(QStringLiteral("Ctrl+C ends it."));
    } else {
        QDir pictures(QDir(choice->dataDir).filePath(QStringLiteral("../screenshots")));
        pictures.mkpath(QStringLiteral("."));
        auto story = std::make_unique<TicketStory>(TicketStory::Options {
            server.url(), demoPassword, pictures, programs });
        QObject::connect(
            story.get(), &TicketStory::finished, &application, &QCoreApplication::exit, Qt::QueuedConnection
        );
        story->start();
        play = std::move(story);
    }
    const int code = QCoreApplication::exec();
    play.reset();
    server.terminate();
    return code;
}
