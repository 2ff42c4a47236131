#include "server/composition.h"
#include "server/config.h"

#include <QCoreApplication>
#include <QProcessEnvironment>
#include <QSocketNotifier>

#include <csignal>
#include <cstdio>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace {

void print(FILE *where, const QString &text)
{
    std::fputs(qPrintable(text + u'\n'), where);
    std::fflush(where);
}

QString usage()
{
    return QStringLiteral(
               "sysops-server: every service of Sysops Squad in one process.\n\n"
               "  sysops-server serve [OPTIONS]    run until SIGTERM\n"
               "  sysops-server seed [OPTIONS]     load regions, ZIP codes and the catalogue; with --demo, "
               "people too\n"
               "  sysops-server version\n\nOptions, also as SQUAD_… in the environment or in a TOML file:\n"
           )
        + Config::help();
}

void setLogLevel(const QString &level)
{
    const QStringList levels { QStringLiteral("debug"), QStringLiteral("info"), QStringLiteral("warning") };
    QString rules;
    for (const QString &each : levels) {
        if (each == level)
            break;
        rules += QStringLiteral("*.%1=false\n").arg(each);
    }
    QLoggingCategory::setFilterRules(rules + QStringLiteral("qt.*.debug=false\n"));
}

// A dump of this process could hold a card's number. The processes it starts are none the wiser, and need
// none either.
void forbidDumps()
{
    const rlimit none { 0, 0 };
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
}

int refuse(const Problem &problem)
{
    print(stderr, problem.detail);
    for (const FieldError &error : problem.fields)
        print(stderr, QStringLiteral("  %1 %2").arg(error.pointer, error.detail));
    return 1;
}

// SIGTERM and SIGINT as an event of the loop: nothing may be done safely inside a signal handler.
int waitableSignals()
{
    sigset_t signalSet;
    sigemptyset(&signalSet);
    sigaddset(&signalSet, SIGTERM);
    sigaddset(&signalSet, SIGINT);
    sigprocmask(SIG_BLOCK, &signalSet, nullptr);
    return signalfd(-1, &signalSet, SFD_CLOEXEC | SFD_NONBLOCK);
}

int serve(QCoreApplication &application, const Config &config, int signalDescriptor)
{
    auto composed = Composition::create(config);
    if (!composed)
        return refuse(composed.error());
    const std::unique_ptr<Composition> composition = *std::move(composed);
    if (const Result<QUrl> url = composition->start())
        print(stdout, QStringLiteral("listening on %1").arg(url->toString()));
    else
        return refuse(url.error());

    QSocketNotifier notifier(signalDescriptor, QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &application, [&] {
        notifier.setEnabled(false);
        QCoreApplication::quit();
    });
    // Without its database the process cannot keep a promise: end, and let the service manager start it anew.
    QObject::connect(composition.get(), &Composition::fatal, &application, [](const QString &why) {
        print(stderr, why);
        QCoreApplication::exit(1);
    });
    const int code = QCoreApplication::exec();
    composition->stop();
    return code;
}

int seed(const Config &config)
{
    auto composed = Composition::create(config);
    if (!composed)
        return refuse(composed.error());
    const Result<QString> summary = (*composed)->seed();
    if (!summary)
        return refuse(summary.error());
    print(stdout, *summary);
    return 0;
}

} // namespace

int main(int argc, char *argv[])
{
    // Qt's GLib dispatcher makes a broadcast to N sockets cost N² (measured); its own one does not.
    qputenv("QT_NO_GLIB", "1");
    forbidDumps();
    const int signalDescriptor = waitableSignals();
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("sysops-server"));
    QCoreApplication::setApplicationVersion(QStringLiteral(SQUAD_VERSION));

    QStringList arguments = QCoreApplication::arguments().mid(1);
    const QString command = arguments.isEmpty() ? QStringLiteral("help") : arguments.takeFirst();
    if (command == QLatin1String("version")) {
        print(stdout, QCoreApplication::applicationVersion());
        return 0;
    }
    if (arguments.contains(QLatin1String("--help"))
        || (command != QLatin1String("serve") && command != QLatin1String("seed"))) {
        print(stdout, usage());
        return command == QLatin1String("help") || command == QLatin1String("--help") ? 0 : 2;
    }

    QMap<QString, QString> environment;
    const QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
    for (const QString &name : variables.keys())
        environment.insert(name, variables.value(name));
    const Result<Config> config = Config::read(arguments, environment);
    if (!config)
        return refuse(config.error());
    setLogLevel(config->logLevel);
    return command == QLatin1String("seed") ? seed(*config) : serve(application, *config, signalDescriptor);
}
