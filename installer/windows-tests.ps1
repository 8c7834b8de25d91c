# The tests as a Windows program on a real Windows, as installer/windows_tests.py runs them under Wine: each platform
# of Qt against a PostgreSQL of its own. pg_ctl gives up the rights of an elevated account, which postgres.exe refuses.
$ErrorActionPreference = "Stop"
function Expect-Success($what) { if ($LASTEXITCODE) { throw "$what : $LASTEXITCODE" } }

$server = python -c "from desk.embedded_programs import carried; print(carried())"
Expect-Success "embedded server"
$left = @(python -m installer.windows_tests)
Expect-Success "what is left out"
$runs = [ordered]@{ offscreen = @("tests/services", "tests/ui/core"); windows = @("tests/ui") }
$port = 5440
foreach ($platform in $runs.Keys) {
    $place = (New-Item -ItemType Directory "$env:RUNNER_TEMP\postgres-$platform").FullName
    $password = [Guid]::NewGuid().ToString("N")
    Set-Content -NoNewline -Encoding ascii "$place\password" $password
    [byte[]] $key = 1..32 | ForEach-Object { Get-Random -Maximum 256 }
    [IO.File]::WriteAllBytes("$place\master.key", $key)
    & "$server\bin\initdb.exe" -D "$place\data" -U postgres --auth=scram-sha-256 "--pwfile=$place\password" `
        --encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C --no-sync
    Expect-Success "initdb"
    $port++
    & "$server\bin\pg_ctl.exe" -D "$place\data" -l "$place\log" -o "-h 127.0.0.1 -p $port -c max_connections=60" -w start
    Expect-Success "pg_ctl"
    $env:DESK_TEST_DSN = "host=127.0.0.1 port=$port user=postgres password=$password dbname=postgres"
    $env:DESK_TEST_MASTER_KEY = "$place\master.key".Replace("\", "/")
    $env:DESK_TEST_PLATFORM = $platform
    try {
        python -m pytest -q -p no:cacheprovider @left $runs[$platform]
        Expect-Success "tests, $platform"
    } finally {
        & "$server\bin\pg_ctl.exe" -D "$place\data" -m fast -w stop
    }
}
