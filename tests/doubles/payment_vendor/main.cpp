#include "server/http/http_server.h"
#include "server/http/metrics.h"
#include "server/services/payment/private_file.h"
#include "tests/doubles/payment_vendor/vendor_door.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>
#include <QSaveFile>
#include <QSocketNotifier>
#include <QTimer>

#include <csignal>
#include <cstdio>
#include <sys/signalfd.h>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

int interruptions()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

Secret secretIn(const QString &file)
{
    if (file.isEmpty())
        return {};
    const Result<QByteArray> text = readPrivateFile(file);
    if (!text)
        qFatal("%s", qPrintable(text.error().detail));
    return Secret(text->trimmed());
}

void load(vendor::VendorDoor &door, const QString &path)
{
    QFile file(path);
    if (file.open(QIODevice::ReadOnly))
        door.load(QJsonDocument::fromJson(file.readAll()).object());
}

void save(vendor::VendorDoor &door, const QString &path)
{
    if (path.isEmpty() || !door.takeChanged())
        return;
    QSaveFile file(path);
    const QByteArray state = json::toText(door.save());
    if (!file.open(QIODevice::WriteOnly) || file.write(state) != state.size() || !file.commit())
        qWarning("%s cannot be written: %s", qPrintable(path), qPrintable(file.errorString()));
}

} // namespace

int main(int argc, char *argv[])
{
    qputenv("QT_NO_GLIB", "1");
    const int descriptor = interruptions();
    QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(u"A payment vendor that speaks Stripe's protocol and moves no money."_s);
    parser.addHelpOption();
    const QCommandLineOption port(u"port"_s, u"Where to listen on 127.0.0.1; 0: anywhere."_s, u"N"_s, u"0"_s);
    const QCommandLineOption key(u"key-file"_s, u"Holds the secret key of clients, mode 0600."_s, u"FILE"_s);
    const QCommandLineOption webhookKey(
        u"webhook-key-file"_s, u"Holds the key that webhooks are signed with, mode 0600."_s, u"FILE"_s
    );
    const QCommandLineOption webhooks(u"webhook-url"_s, u"Who hears of what happens."_s, u"URL"_s);
    const QCommandLineOption state(u"state"_s, u"What is remembered across restarts."_s, u"FILE"_s);
    parser.addOptions({ port, key, webhookKey, webhooks, state });
    parser.process(application);

    vendor::VendorDoor door({ secretIn(parser.value(key)),
                              { QUrl(parser.value(webhooks)), secretIn(parser.value(webhookKey)) } });
    const QString stateFile = parser.value(state);
    load(door, stateFile);
    Router router;
    door.addRoutes(router);
    Metrics metrics;
    HttpServer::Options options;
    options.port = parser.value(port).toUShort();
    options.limits.connectionsPerAddress = 4096;
    options.limits.handlerTimeout = 10min; // who hangs, hangs
    HttpServer server(options, router, metrics);
    if (const Result<void> listening = server.listen(); !listening) {
        std::fprintf(stderr, "%s\n", qPrintable(listening.error().detail));
        return 1;
    }
    std::printf("listening on http://127.0.0.1:%d\n", server.port());
    std::fflush(stdout);

    QTimer saving;
    QObject::connect(&saving, &QTimer::timeout, &application, [&] { save(door, stateFile); });
    saving.start(1s);
    const QSocketNotifier notifier(descriptor, QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &application, &QCoreApplication::quit);
    const int code = QCoreApplication::exec();
    save(door, stateFile);
    return code;
}
