"""The same tables in sqladmin, as its documentation shows it: a model view for each.

python -m benchmarks.peers.sqladmin_desk --store sqlite:///store.db --port 8090
"""

import argparse

import uvicorn
from sqladmin import Admin, ModelView
from starlette.applications import Starlette

from models.events.events import Event, Signup
from models.network.members import Member
from models.store import open_engine

ROWS = 50


class MemberAdmin(ModelView, model=Member):
    column_list = (Member.id, Member.name, Member.station_id, Member.staff_number)
    page_size = ROWS


class EventAdmin(ModelView, model=Event):
    column_list = (Event.id, Event.title, Event.starts_at, Event.station_id, Event.held)
    page_size = ROWS


class SignupAdmin(ModelView, model=Signup):
    column_list = (Signup.id, Signup.event_id, Signup.member_id, Signup.state, Signup.at)
    page_size = ROWS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    app = Starlette()
    admin = Admin(app, open_engine(options.store))
    for view in (MemberAdmin, EventAdmin, SignupAdmin):
        admin.add_view(view)
    uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="warning", loop="uvloop")


if __name__ == "__main__":
    main()
