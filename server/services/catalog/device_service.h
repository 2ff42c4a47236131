#pragma once

#include "server/http/caller.h"
#include "server/services/catalog/device_store.h"
#include "shared/core/clock.h"

class CatalogService;

// Which devices a customer owns. Each has one owner at a time, known by product and serial number; what the
// owner's plans make of it is for the ticket service to say.
class DeviceService
{
public:
    DeviceService(const CatalogService &catalog, const Clock &clock);

    Result<api::Device> add(Session &session, const Caller &by, const api::NewDevice &wanted) const;
    Result<api::Items<api::Device>>
    list(Session &session, const Caller &by, const api::DeviceQuery &query) const;
    Result<api::Device>
    change(Session &session, const Caller &by, api::DeviceId id, const api::DeviceChange &wanted) const;
    Result<api::Device> remove(Session &session, const Caller &by, api::DeviceId id) const;

private:
    Result<DeviceRow> lock(Session &session, const Caller &by, api::DeviceId id) const;
    Result<api::Device> toDevice(const DeviceRow &row) const;

    const CatalogService &m_catalog;
    const Clock &m_clock;
};
