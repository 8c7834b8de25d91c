# The life of an installation on a real Windows, as installer/rollout.py does it under Wine. Needs an elevated shell.
param([Parameter(Mandatory)] [string] $Out)
$ErrorActionPreference = "Stop"
$before = (Resolve-Path "$Out\Desk-0.0.9.msi").Path
$now = (Get-ChildItem "$Out\Desk-*.msi" | Where-Object Name -ne "Desk-0.0.9.msi" | Select-Object -First 1).FullName
$place = "$env:ProgramFiles\Desk"
$profileName = "José da Silva Conceição"
$person = "$env:RUNNER_TEMP\$profileName"

function Expect($truth, $text) { if (-not $truth) { throw $text } }
function Msi($code, [string[]] $words) {
    $it = Start-Process msiexec -ArgumentList ($words + "/qn", "/norestart", "/l*v", "$env:RUNNER_TEMP\msi.log") -PassThru -Wait
    if ($it.ExitCode -ne $code) { Get-Content "$env:RUNNER_TEMP\msi.log" -Tail 80; throw "msiexec $words : $($it.ExitCode)" }
}
function Selftest($platform) {
    $it = Start-Process "$place\Desk.exe" -ArgumentList "--selftest", "`"$person`"", "--platform", $platform -PassThru -Wait
    Get-Content "$person\result.txt" -Encoding utf8
    Expect ($it.ExitCode -eq 0) "self-test: $($it.ExitCode)"
    Get-Content "$person\result.json" -Encoding utf8 -Raw | ConvertFrom-Json
}
function Entries { Get-ItemProperty HKLM:\Software\Microsoft\Windows\CurrentVersion\Uninstall\* | Where-Object DisplayName -eq "Desk" }

$given = [ordered]@{ DBHOST = "db1.provedor.example,db2.provedor.example"; DBPORT = "5433"; DBNAME = "balcao"
                     DBSSLMODE = "verify-ca"; DBSSLROOTCERT = "C:\ProgramData\Desk\root.pem"; DBSSO = "1" }
$names = @{ DBHOST = "host"; DBPORT = "port"; DBNAME = "database"; DBSSLMODE = "sslmode"; DBSSLROOTCERT = "sslrootcert"; DBSSO = "single_sign_on" }
function Expect-Kept {
    $found = Get-ItemProperty HKLM:\Software\Desk
    foreach ($name in $given.Keys) { Expect ($found.($names[$name]) -eq $given[$name]) "$name was lost: $($found.($names[$name]))" }
}

Msi 0 (@("/i", "`"$before`"") + @($given.Keys | ForEach-Object { "$_=$($given[$_])" }))
Expect-Kept
Expect (Test-Path "$env:ProgramData\Microsoft\Windows\Start Menu\Programs\Desk.lnk") "no common shortcut"
Selftest windows | Out-Null
# An account that is no administrator: its own profile, and PostgreSQL's programs started without any detour.
$secret = ConvertTo-SecureString ([Guid]::NewGuid().ToString() + "Aa1!") -AsPlainText -Force
New-LocalUser balcao -Password $secret | Out-Null
Add-LocalGroupMember -SID S-1-5-32-545 -Member balcao
$who = New-Object Management.Automation.PSCredential "balcao", $secret
$own = "$env:PUBLIC\$profileName"
$it = Start-Process "$place\Desk.exe" -ArgumentList "--selftest", "`"$own`"" -Credential $who -LoadUserProfile -WorkingDirectory $env:PUBLIC -PassThru -Wait
Get-Content "$own\result.txt" -Encoding utf8
Expect ($it.ExitCode -eq 0) "self-test of an ordinary account: $($it.ExitCode)"
Remove-LocalUser balcao
Msi 0 "/i", "`"$now`""
Expect (@(Entries).Count -eq 1) "entries after the upgrade"
Expect-Kept
Msi 1603 "/i", "`"$before`""
Remove-Item "$place\Desk.exe"
Msi 0 "/fa", "`"$now`""
Expect (Test-Path "$place\Desk.exe") "repair"
Expect ((Selftest windows).demo.created -eq $false) "data did not outlive the upgrade"
Msi 0 "/x", "`"$now`""
Expect (-not (Test-Path "$place\Desk.exe")) "files stayed"
Expect (-not (Entries)) "entry stayed"
Expect (Test-Path "$person\banco\data\PG_VERSION") "a person's data went"
Msi 0 "/jm", "`"$now`""
Msi 0 "/x", "`"$now`""
