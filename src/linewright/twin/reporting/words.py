"""Words of the pages: one table, a column for each language."""

from collections.abc import Callable
from functools import partial

__all__ = ["LANGUAGES", "Words", "words_of"]

LANGUAGES = ("en", "es", "fr", "zh")
"""Languages a page may be asked in; a word that one lacks is given in English."""

Words = Callable[..., str]
"""A key, and what stands in its braces, to what people read."""

TABLE: dict[str, tuple[str, ...]] = {
    # key: (en, es); fr and zh stand behind them when they are there
    "simulation": ("Simulation", "Simulación"),
    "replay": ("Replay", "Repetición"),
    "skip": ("Go to the figures", "Ir a las cifras"),
    "asked": ("What was asked", "Qué se preguntó"),
    "plant": ("Plant", "Planta"),
    "place": ("Place", "Lugar"),
    "revision": ("Revision of the plant file", "Revisión del archivo de planta"),
    "product": ("Product", "Producto"),
    "began": ("Begins", "Comienza"),
    "hours": ("Simulated time", "Tiempo simulado"),
    "warm_up": ("Warm-up, not counted", "Calentamiento, no contado"),
    "replications": ("Replications", "Réplicas"),
    "seed": ("Seed", "Semilla"),
    "confidence": ("Level of intervals", "Nivel de los intervalos"),
    "version": ("Version", "Versión"),
    "reproduce": ("How to get the same numbers again", "Cómo obtener las mismas cifras"),
    "reproduce_why": (
        "Same plant file, same seed, same version: the same numbers, digit by digit.",
        "Mismo archivo, misma semilla, misma versión: las mismas cifras, dígito a dígito.",
    ),
    "figures": ("Key figures", "Cifras clave"),
    "one_run": (
        (
            "One replication: these figures have no interval. Ask for more (10 or so) to see how "
            "much of them is chance."
        ),
        (
            "Una sola réplica: estas cifras no tienen intervalo. Pida más (unas 10) para ver "
            "cuánto se debe al azar."
        ),
    ),
    "within": (
        "The interval holds the true mean {level} of the time.",
        "El intervalo contiene la media verdadera el {level} de las veces.",
    ),
    "to": ("to", "a"),
    "line": ("The line", "La línea"),
    "line_words": (
        "Stations in the order of the flow; the bar of each splits its working time by state.",
        "Estaciones en el orden del flujo; la barra de cada una reparte su tiempo de trabajo.",
    ),
    "in_front": ("{parts} parts wait in front", "{parts} piezas esperan delante"),
    "bottleneck": ("Bottleneck", "Cuello de botella"),
    "main_words": (
        "{place} makes {value} good parts an hour of working time{interval}.",
        "{place} hace {value} piezas buenas por hora de trabajo{interval}.",
    ),
    "no_bottleneck": (
        "No station stands out as the bottleneck.",
        "Ninguna estación destaca como cuello de botella.",
    ),
    "rate": ("Good parts per hour by the clock", "Piezas buenas por hora de reloj"),
    "working": ("Working time, of all time", "Tiempo de trabajo, de todo el tiempo"),
    "run_words": (
        "{replications} replications of {hours} h from {began}; warm-up {warm_up} h; seed {seed}.",
        "{replications} réplicas de {hours} h desde {began}; arranque {warm_up} h; semilla {seed}.",
    ),
    "limits": ("{station} limits it.", "{station} la limita."),
    "buffer": ("Buffer", "Almacén"),
    "of": ("{level} of {places}", "{level} de {places}"),
    "no_limit": ("{level}, no limit", "{level}, sin límite"),
    "unlimited": ("no limit", "sin límite"),
    "places": ("Places", "Lugares"),
    "hand_over": ("hand-over", "directo"),
    "level": ("Mean level", "Nivel medio"),
    "parts": ("parts", "piezas"),
    "pieces": ("parts", "piezas"),
    "1/h": ("parts/h", "piezas/h"),
    "h": ("h", "h"),
    "good": ("Good", "Buenas"),
    "scrap": ("Scrap", "Desecho"),
    "failures": ("Failures", "Fallas"),
    "station": ("Station", "Estación"),
    "running": ("Running", "En marcha"),
    "set_up": ("Set-up", "Preparación"),
    "blocked": ("Blocked", "Bloqueada"),
    "starved": ("Starved", "Sin piezas"),
    "waiting": ("Waiting for people", "Espera personal"),
    "down": ("Down", "Averiada"),
    "planned_stop": ("Planned stop", "Paro planeado"),
    "closed": ("Closed", "Cerrada"),
    "over_time": ("Over time", "A lo largo del tiempo"),
    "throughput": ("Good parts per working hour", "Piezas buenas por hora de trabajo"),
    "good_parts": ("Good parts", "Piezas buenas"),
    "wip": ("Parts in the line", "Piezas en la línea"),
    "lead_time": ("Lead time", "Tiempo de paso"),
    "escaped": ("Bad parts nobody found", "Piezas malas sin detectar"),
    "late": ("Good parts that are late", "Piezas buenas con retraso"),
    "crew_wait": ("Waiting for a repair crew", "Espera de reparación"),
    "measured_words": (
        "Counts are of the {hours} h after the warm-up.",
        "Los conteos son de las {hours} h tras el calentamiento.",
    ),
    "nothing_words": (
        "Nothing good leaves {place}.",
        "De {place} no sale nada bueno.",
    ),
    "nothing_why": (
        "Fullest: {places}. Look there for what is waited for.",
        "Lo más lleno: {places}. Busque allí qué se espera.",
    ),
    "min": ("min", "min"),
    "jump": ("Skip closed time", "Saltar lo cerrado"),
    "scrap_share": ("Scrap, share of parts", "Desecho, parte de las piezas"),
    "energy": ("Energy", "Energía"),
    "energy_per_part": ("Energy per good part", "Energía por pieza buena"),
    "cut": ("warm-up", "calentamiento"),
    "hours_axis": ("hours since the beginning", "horas desde el comienzo"),
    "shares": ("How stations spend their time", "En qué pasan el tiempo las estaciones"),
    "levels": ("How full buffers are", "Qué tan llenos están los almacenes"),
    "scenarios": ("Scenarios compared", "Escenarios comparados"),
    "basis": ("basis", "base"),
    "scenario": ("Scenario", "Escenario"),
    "changes": ("What differs", "Qué cambia"),
    "difference": ("Difference", "Diferencia"),
    "real": ("real", "real"),
    "same": ("no difference", "sin diferencia"),
    "chance": ("may be chance", "puede ser azar"),
    "pairs_words": (
        (
            "Replications are paired: every scenario meets the same failures and cycle times, so "
            "the differences are sharper than the figures. Intervals are widened for the number of "
            "comparisons (Bonferroni)."
        ),
        (
            "Las réplicas van en pares: cada escenario encuentra las mismas fallas y tiempos de "
            "ciclo, así que las diferencias son más nítidas que las cifras. Los intervalos se "
            "ensanchan según el número de comparaciones (Bonferroni)."
        ),
    ),
    "real_words": (
        "These differences are real: their intervals leave zero out.",
        "Estas diferencias son reales: sus intervalos excluyen el cero.",
    ),
    "none_real": (
        "No difference here is more than chance can explain; more replications may tell.",
        "Ninguna diferencia supera lo que explica el azar; más réplicas podrían decidir.",
    ),
    "worth": ("What is worth most", "Qué vale más"),
    "worth_words": (
        "Each change made alone, on the same chance.",
        "Cada cambio por separado, con el mismo azar.",
    ),
    "change": ("Change", "Cambio"),
    "gain": ("Gain", "Ganancia"),
    "forecast": ("Forecast", "Pronóstico"),
    "forecast_words": (
        "From the state at the beginning; the band is where the runs lie.",
        "Desde el estado inicial; la banda es donde quedan las corridas.",
    ),
    "notes": ("What the twin assumes", "Qué supone el gemelo"),
    "warnings": ("Read with care", "Léase con cuidado"),
    "table": ("Numbers of this chart", "Números de esta gráfica"),
    "mean": ("Mean", "Media"),
    "low": ("Low", "Bajo"),
    "high": ("High", "Alto"),
    "interval": ("Interval", "Intervalo"),
    "time": ("Time", "Tiempo"),
    "figure": ("Figure", "Cifra"),
    "unit": ("Unit", "Unidad"),
    "made_by": ("Made by linewright", "Hecho por linewright"),
    "wait_share": ("Other", "Otro"),
    # the replay
    "play": ("Play", "Reproducir"),
    "pause": ("Pause", "Pausa"),
    "step": ("Next event", "Siguiente evento"),
    "back": ("Event before", "Evento anterior"),
    "speed": ("Speed", "Velocidad"),
    "moment": ("Moment", "Momento"),
    "real_time": ("{times} times real time", "{times} veces el tiempo real"),
    "clock": ("Plant clock", "Reloj de planta"),
    "scrapped": ("Scrapped", "Desechadas"),
    "rework": ("Reworked", "Retrabajadas"),
    "keys": (
        (
            "Keys: space plays and pauses, left and right go from event to event, with Shift a "
            "minute; Home and End; + and \u2212 change the speed."
        ),
        (
            "Teclas: espacio reproduce y pausa; izquierda y derecha van de evento en evento, con "
            "Mayús un minuto; Inicio y Fin; + y \u2212 cambian la velocidad."
        ),
    ),
    "whole": (
        "{events} events, {hours} h of plant time.",
        "{events} eventos, {hours} h de tiempo de planta.",
    ),
    "cut_words": (
        (
            "Only the first {kept} of {events} events fit into this page: it ends at {end}, not at "
            "{until}. Ask for a shorter time to see the rest."
        ),
        (
            "Solo los primeros {kept} de {events} eventos caben en esta página: termina a las "
            "{end}, no a las {until}. Pida un tiempo más corto para ver el resto."
        ),
    ),
    "front_of": ("in front of {place}", "delante de {place}"),
    "in_line": ("Waiting in front", "En espera delante"),
    "card_queue": ("Queue", "Cola"),
    "card_store": ("Store", "Almacén"),
    "card_way": ("On the way", "En camino"),
    "card_arrived": ("Arrived", "Llegadas"),
    "card_outside": ("Away", "Fuera"),
    "outside": ("Outside the plant", "Fuera de la planta"),
    "part": ("Part", "Pieza"),
    "lot_pieces": ("pieces", "piezas"),
    "in_lots": ("pieces in lots", "piezas en lotes"),
    "needs_script": (
        "The moving picture needs JavaScript. The table below tells what happened.",
        "La imagen móvil necesita JavaScript. La tabla de abajo cuenta lo que pasó.",
    ),
    "told": ("What happened, station by station", "Qué pasó, estación por estación"),
    "state": ("State", "Estado"),
    "legend": ("States", "Estados"),
    "done_parts": ("Cycles ended", "Ciclos terminados"),
    "stops": ("Failures", "Fallas"),
    "stopped_time": ("Time down", "Tiempo averiada"),
}


def words_of(language: str) -> Words:
    """Return the words of a language; what it lacks is given in English.

    Parameters
    ----------
    language
        A code such as `es` or `es-MX`; one of `LANGUAGES`, else English.

    Examples
    --------
    >>> words_of("es-MX")("of", level="5,9", places="12")
    '5,9 de 12'
    >>> words_of("en")("nobody wrote this")
    'nobody wrote this'
    """
    short = language.split("-", maxsplit=1)[0]
    return partial(_word, LANGUAGES.index(short) if short in LANGUAGES else 0)


def _word(column: int, key: str, /, **values: object) -> str:
    row = TABLE.get(key, (key,))
    text = row[column] if column < len(row) else row[0]
    return text.format(**values) if values else text
