"""Rules that a column's constraint can't express, as triggers: operations of migrations.

A refused change is a check violation that carries the trigger's name as its constraint, so that Django raises
IntegrityError and code can ask `error.__cause__.diag.constraint_name`. No trigger reads a clock.
Functions name tables with their schema: a temporary table of the same name must not stand in for the real one.
"""

from django.db.migrations.operations import RunSQL

CREATE_REFUSALS = """
CREATE FUNCTION public.refuse(by name, of name, because text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation', MESSAGE = because, SCHEMA = 'public', TABLE = of, CONSTRAINT = by;
END
$$;

CREATE FUNCTION public.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.refuse(TG_NAME, TG_TABLE_NAME, format(
        '%s of %s %s refused: %s', TG_OP, TG_TABLE_NAME, to_jsonb(OLD) ->> 'id', TG_ARGV[0]));
    RETURN NULL;
END
$$
"""
DROP_REFUSALS = "DROP FUNCTION public.refuse_change(); DROP FUNCTION public.refuse(name, name, text)"


def refuse(table: str, name: str, *, on: str, because: str, when: str = "") -> RunSQL:
    """Refuse at once a change of a row that `when` is true of (of OLD and NEW). Costs next to nothing otherwise.

    on: "UPDATE", "UPDATE OF column, …", "DELETE" or "UPDATE OR DELETE".
    """
    # AFTER, not BEFORE: the mere presence of a BEFORE trigger makes each UPDATE lock its row once more.
    return RunSQL(
        f"""
        CREATE TRIGGER {name} AFTER {on} ON public.{table} FOR EACH ROW
        {f"WHEN ({when})" if when else ""} EXECUTE FUNCTION public.refuse_change('{because}')
        """,
        f"DROP TRIGGER {name} ON public.{table}",
    )


def check_now(table: str, name: str, *, on: str, function: str, when: str = "") -> RunSQL:
    """Call `function` at the end of each statement, for each changed row that `when` is true of."""
    return RunSQL(
        f"""
        CREATE TRIGGER {name} AFTER {on} ON public.{table} FOR EACH ROW
        {f"WHEN ({when})" if when else ""} EXECUTE FUNCTION public.{function}()
        """,
        f"DROP TRIGGER {name} ON public.{table}",
    )


def check_at_commit(table: str, name: str, *, on: str, function: str, when: str = "") -> RunSQL:
    """Call `function` at COMMIT for each changed row that `when` was true of when it changed.

    The row may have changed again meanwhile: the function must read it anew, by NEW's key.
    """
    return RunSQL(
        f"""
        CREATE CONSTRAINT TRIGGER {name} AFTER {on} ON public.{table}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        {f"WHEN ({when})" if when else ""} EXECUTE FUNCTION public.{function}()
        """,
        f"DROP TRIGGER {name} ON public.{table}",
    )


def check_function(name: str, body: str, *, declare: str = "") -> RunSQL:
    """A trigger's function, which refuses by `PERFORM public.refuse(TG_NAME, TG_TABLE_NAME, why)`.

    Why: ids and codes, no names or texts of people.
    """
    return RunSQL(
        f"""
        CREATE FUNCTION public.{name}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            {declare}
        BEGIN
            {body}
            RETURN NULL;
        END
        $$
        """,
        f"DROP FUNCTION public.{name}()",
    )
