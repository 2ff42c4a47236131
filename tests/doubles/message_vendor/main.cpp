#include "server/http/http_server.h"
#include "server/http/metrics.h"
#include "server/http/router.h"
#include "server/services/payment/private_file.h"
#include "tests/doubles/message_vendor/mail_page.h"
#include "tests/doubles/message_vendor/sms_page.h"

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

Secret secretIn(const QString &file)
{
    const Result<QByteArray> text = readPrivateFile(file);
    if (!text)
        qFatal("%s", qPrintable(text.error().detail));
    return Secret(text->trimmed());
}

// Both, for a person to read.
Response page(const SmsDesk *desk, const SmtpSink *sink)
{
    QByteArray text;
    if (desk)
        text += smsPage(desk->received()) + "\n\n";
    if (sink)
        text += mailPage(sink->received());
    return Response::text(text);
}

} // namespace

int main(int argc, char *argv[])
{
    qputenv("QT_NO_GLIB", "1");
    const int descriptor = interruptions();
    QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"Vendors that write to nobody, with a page of all they were given: mail, where there is a "
        u"certificate, and short messages, where there is a token."_s
    );
    parser.addHelpOption();
    const QCommandLineOption smtp(u"smtp-port"_s, u"For mail, by TLS; 0: anywhere."_s, u"N"_s, u"0"_s);
    const QCommandLineOption pagePort(u"page-port"_s, u"For the page; 0: anywhere."_s, u"N"_s, u"0"_s);
    const QCommandLineOption smsPort(u"sms-port"_s, u"For short messages; 0: anywhere."_s, u"N"_s, u"0"_s);
    const QCommandLineOption certificate(u"certificate"_s, u"Shown to who brings mail."_s, u"FILE"_s);
    const QCommandLineOption key(u"key"_s, u"Of that certificate."_s, u"FILE"_s);
    const QCommandLineOption token(u"sms-token-file"_s, u"The account's token, mode 0600."_s, u"FILE"_s);
    parser.addOptions({ smtp, pagePort, smsPort, certificate, key, token });
    parser.process(application);

    std::unique_ptr<SmtpSink> sink;
    if (parser.isSet(certificate)) {
        sink = std::make_unique<SmtpSink>(SmtpSink::Options {
            SmtpSink::Security::fromTheStart, parser.value(certificate), parser.value(key), {} });
        sink->listen(parser.value(smtp).toUShort());
        std::printf("mail at smtps://127.0.0.1:%d\n", sink->port());
    }
    std::unique_ptr<SmsDesk> desk;
    if (parser.isSet(token)) {
        SmsDesk::Options options;
        options.token = secretIn(parser.value(token));
        desk = std::make_unique<SmsDesk>(options);
        if (const Result<void> listening = desk->listen(parser.value(smsPort).toUShort()); !listening) {
            std::fprintf(stderr, "%s\n", qPrintable(listening.error().detail));
            return 1;
        }
        std::printf("sms at %s\n", qPrintable(desk->url().toString()));
    }
    Router router;
    router.get(u"/"_s, [&](const Request &) { return page(desk.get(), sink.get()); });
    Metrics metrics;
    HttpServer::Options options;
    options.port = parser.value(pagePort).toUShort();
    HttpServer server(options, router, metrics);
    if (const Result<void> listening = server.listen(); !listening) {
        std::fprintf(stderr, "%s\n", qPrintable(listening.error().detail));
        return 1;
    }
    std::printf("to read at http://127.0.0.1:%d\n", server.port());
    std::fflush(stdout);

    const QSocketNotifier notifier(descriptor, QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &application, &QCoreApplication::quit);
    return QCoreApplication::exec();
}
