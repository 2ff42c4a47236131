#pragma once

#include "server/config.h"
#include "shared/core/clock.h"

#include <QObject>
#include <QTimer>
#include <QUrl>

#include <memory>

class ManagedCluster;
class TimeWarp;

// The whole server, put together: the only place that knows every part. Members stand in dependency order, so
// that whatever a part uses is alive as long as the part is.
class Composition : public QObject
{
    Q_OBJECT

public:
    // Starts the database (or connects to it) and migrates it. Blocks for as long as that takes. `clock`
    // outlives it.
    static Result<std::unique_ptr<Composition>>
    create(const Config &config, const Clock &clock = systemClock());
    ~Composition() override;

    // Loads what an installation needs to be useful; safe to repeat. Says what it did.
    Result<QString> seed();

    // Starts consumers and listens. Answers the address it can be reached at.
    Result<QUrl> start();

    // Takes no more, finishes what runs, ends the consumers. Blocks for at most a quarter of a minute.
    void stop();

    static const Clock &systemClock();

signals:
    // The server cannot go on; the text is for the operator.
    void fatal(const QString &why);

private:
    struct Parts;

    explicit Composition(const Config &config);
    Result<QString> openDatabase(); // answers the URL to serve with
    void addRoutes();
    void addNodeRoutes();
    void addTimerMetrics();
    void addBillingMetrics();
    void subscribe();
    void keepHouse();
    void keepBooks();

    Config m_config;
    std::unique_ptr<ManagedCluster> m_cluster; // none with a database of the operator's
    std::unique_ptr<TimeWarp> m_warp; // none where time is the world's
    std::unique_ptr<Parts> m_parts;
    QTimer m_housekeeping;
};
