"""Every route, the busiest first: a request is compared with them one after the other."""

from __future__ import annotations

from starlette.routing import BaseRoute

from rbc_assess.api import contract_page, docs_page, health, problem_pages, schemas
from rbc_assess.api.routes import (
    assessments,
    audit,
    batches,
    checks,
    clients,
    consent_requests,
    consents,
    decisions,
    editions,
    enterprises,
    erasures,
    events,
    evidence,
    oauth,
    organisations,
    passkeys,
    people,
    portfolio,
    published,
    receipts,
    scheme_drafts,
    schemes,
    score,
    sessions,
    sign_in,
    simulations,
    statistics,
    submissions,
    webhook_deliveries,
    webhooks,
)


def all_routes() -> list[BaseRoute]:
    """Give the routes of the API."""
    routers = (
        submissions.router,
        decisions.router,
        batches.router,
        score.router,
        checks.router,
        assessments.router,
        evidence.router,
        editions.router,
        published.router,
        schemes.router,
        scheme_drafts.router,
        simulations.router,
        enterprises.router,
        erasures.router,
        consents.router,
        events.router,
        receipts.router,
        consent_requests.router,
        webhook_deliveries.router,
        webhooks.router,
        portfolio.router,
        statistics.router,
        organisations.router,
        audit.router,
        oauth.router,
        clients.router,
        people.router,
        sign_in.router,
        sessions.router,
        passkeys.router,
        health.router,
        schemas.router,
        problem_pages.router,
        contract_page.router,
        docs_page.router,
    )
    return [route for router in routers for route in router.routes]
