"""Every command of `points`, put together."""

import typer

from points.cli import access, booth, keeping, people, programme, proving, serving, stock

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # a local may hold a code or a token
    help="垃圾分类积分 · points for sorting waste: one book for a booth or a city.",
)
for _part in (serving.app, booth.app, keeping.app, proving.app):
    app.add_typer(_part)
app.add_typer(programme.app, name="programme")
app.add_typer(people.cards_app, name="cards")
app.add_typer(people.households_app, name="households")
app.add_typer(access.devices_app, name="devices")
app.add_typer(access.keys_app, name="keys")
app.add_typer(stock.app, name="stock")
