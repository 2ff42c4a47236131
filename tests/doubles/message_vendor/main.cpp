#include "server/http/http_server.h"
#include "server/http/metrics.h"
#include "server/http/router.h"
#include "tests/doubles/message_vendor/mail_page.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QSocketNotifier>

#include <csignal>
#include <cstdio>
#include <sys/signalfd.h>

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

} // namespace

int main(int argc, char *argv[])
{
    qputenv("QT_NO_GLIB", "1");
    const int descriptor = interruptions();
    QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"A mail server that delivers to nobody, with a page of all it was given."_s
    );
    parser.addHelpOption();
    const QCommandLineOption smtp(u"smtp-port"_s, u"For mail, by TLS; 0: anywhere."_s, u"N"_s, u"0"_s);
    const QCommandLineOption page(u"page-port"_s, u"For the page; 0: anywhere."_s, u"N"_s, u"0"_s);
    const QCommandLineOption certificate(u"certificate"_s, u"Shown to who brings mail."_s, u"FILE"_s);
    const QCommandLineOption key(u"key"_s, u"Of that certificate."_s, u"FILE"_s);
    parser.addOptions({ smtp, page, certificate, key });
    parser.process(application);

    SmtpSink sink({ SmtpSink::Security::fromTheStart, parser.value(certificate), parser.value(key), {} });
    sink.listen(parser.value(smtp).toUShort());
    Router router;
    router.get(u"/"_s, [&sink](const Request &) { return Response::text(mailPage(sink.received())); });
    Metrics metrics;
    HttpServer::Options options;
    options.port = parser.value(page).toUShort();
    HttpServer server(options, router, metrics);
    if (const Result<void> listening = server.listen(); !listening) {
        std::fprintf(stderr, "%s\n", qPrintable(listening.error().detail));
        return 1;
    }
    std::printf("mail at smtps://127.0.0.1:%d, to read at http://127.0.0.1:%d\n", sink.port(), server.port());
    std::fflush(stdout);

    const QSocketNotifier notifier(descriptor, QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &application, &QCoreApplication::quit);
    return QCoreApplication::exec();
}
